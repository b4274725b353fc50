import { mutationsOf } from './source-mutation.js';

/** Negotiations, and offers within their bounds. */
export const signalMutations = mutationsOf([
  {
    file: 'tracker/swarm/offer-book.ts',
    testFile: 'tracker/swarm/offer-book.test.ts',
    edits: [
      {
        name: 'negotiations of two are not told apart',
        replace: '`${offerer} ${target} ${negotiation}`',
        by: '`${offerer} ${target}`',
        noticedBy:
          'lets one answer through for each offer, by its negotiation, and only the other way',
      },
      {
        name: 'an answer to an offer that has one is relayed',
        replace: "offered?.state === 'open' ? offered : undefined",
        by: 'offered',
        noticedBy:
          'lets one answer through for each offer, by its negotiation, and only the other way',
      },
      {
        name: 'candidates belong to no offer',
        replace: "if (negotiation === undefined) return 'no_offer';",
        by: "if (negotiation === undefined) return signal.kind === 'candidates' ? undefined : 'no_offer';",
        noticedBy:
          'lets candidates through both ways in a living negotiation of the two, answered or not',
      },
      {
        name: 'candidates go one way alone',
        replace: 'const both = [offered, this.#byKey.get(keyOf(from, to, negotiation))];',
        by: 'const both = [offered];',
        noticedBy:
          'lets candidates through both ways in a living negotiation of the two, answered or not',
      },
      {
        name: 'a rejected negotiation goes on',
        replace: " && one.state !== 'rejected'",
        by: '',
        noticedBy: 'ends a negotiation with its rejection, of an offer that waits',
      },
      {
        name: 'an offer takes the place of another of its name',
        replace: 'this.#byKey.has(key) || ',
        by: '',
        noticedBy: 'takes no second offer of a negotiation, answered or not',
      },
      {
        name: 'an offer may have the name of one that the other made',
        replace: ' || this.#byKey.has(keyOf(to, from, name))',
        by: '',
        noticedBy: 'takes no offer by the name of a negotiation that the other one began',
      },
      {
        name: 'who is gone has its open offers forgotten',
        replace: "if (negotiation.state === 'open') this.#abandon(negotiation);",
        by: 'if (negotiation.offererBytes < 0) this.#abandon(negotiation);',
        noticedBy: 'lets no address have more by coming anew for each offer',
      },
      {
        name: 'negotiations live for ever',
        replace:
          'for (const over of this.#byAge.takeUntouched(nowMs - negotiationLifetimeMs)) this.#forget(over);',
        by: '',
        noticedBy: 'forgets a negotiation after its lifetime',
      },
      {
        name: 'an offer above the bound drops one that waits',
        replace: "      return 'too_many_offers';\n",
        by: '      for (const oldest of waiting) {\n        this.#forget(oldest);\n        break;\n      }\n',
        noticedBy: 'refuses an offer above a bound, and drops none of those that wait for it',
      },
      {
        name: 'offers of a peer have no bound',
        replace: 'own.size >= limits.offersPerPeerMax ||',
        by: '',
        noticedBy: 'bounds what rejections make room for, of a pair and of a peer',
      },
      {
        name: 'offers of a pair have no bound',
        replace: 'toTarget.length >= limits.offersPerPairMax ||',
        by: '',
        noticedBy: 'bounds what rejections make room for, of a pair and of a peer',
      },
      {
        name: 'offers of a pair that wait have no bound',
        replace:
          "toTarget.filter(({ state }) => state === 'open').length >= limits.openOffersPerPairMax",
        by: 'false',
        noticedBy: 'refuses an offer above a bound, and drops none of those that wait for it',
      },
      {
        name: 'the bytes of a negotiation have no bound',
        replace:
          "if (negotiation[side] + signal.bytes > negotiationBytesMax) return 'message_too_large';",
        by: '',
        noticedBy: 'bounds the bytes of each side in a negotiation',
      },
      {
        name: 'who is gone is offered to all the same',
        replace: 'const own = this.#byOfferer.get(peer) ?? [];',
        by: 'const own: Negotiation[] = [];',
        noticedBy: 'forgets with a peer what it offered, and what it was offered',
      },
    ],
  },
  {
    file: 'tracker/swarm/target-bounds.ts',
    testFile: 'tracker/swarm/offer-book.test.ts',
    edits: [
      {
        name: 'offers to one target have no bound',
        replace: 'count >= openOffersPerTargetMax || ',
        by: '',
        noticedBy:
          'lets what a target leaves open take nobody’s place for long, whoever offered it',
      },
      {
        name: 'offers of one origin to a target have no bound',
        replace: ' || ofOrigin >= ofOriginMax',
        by: '',
        noticedBy: 'lets many of one address keep nobody of another from a target',
      },
      {
        name: 'offers that nobody answers take their place for ever',
        replace: 'if (nowMs - one.sinceMs >= limits.openOfferCountsMs) continue;',
        by: '',
        noticedBy:
          'lets what a target leaves open take nobody’s place for long, whoever offered it',
      },
    ],
  },
  {
    file: 'tracker/viblast/signals-from-elsewhere.ts',
    testFile: 'tracker/viblast/signals-from-elsewhere.test.ts',
    edits: [
      {
        name: 'offers from other trackers have no bound',
        replace: 'if (code !== undefined) return code;',
        by: '',
        noticedBy:
          'have the bound of open offers to a viewer held by its tracker, whoever offers from wherever',
      },
    ],
  },
  {
    file: 'tracker/viblast/signals.ts',
    testFile: 'tracker/viblast/signals.test.ts',
    edits: [
      {
        name: 'an answer goes without its negotiation',
        replace: "kind: 'answer', negotiation, data",
        by: "kind: 'answer', data",
        noticedBy: 'gives each of two offers its own answer',
      },
      {
        name: 'candidates go without their negotiation',
        replace: 'from, kind, negotiation, candidates }',
        by: 'from, kind, candidates }',
        noticedBy:
          'relays several candidates as they are, with their end, in a living negotiation alone',
      },
    ],
  },
  {
    file: 'tracker/viblast/signals.ts',
    testFile: 'tracker/viblast/viewer-input.test.ts',
    edits: [
      {
        name: 'a signal has as many bytes as it likes',
        replace: 'bytes > protocolLimits.signalBytesMax',
        by: 'bytes < 0',
        noticedBy: 'names what is wrong with a signal that is too large and goes on',
      },
    ],
  },
  {
    file: 'tracker/viblast/viewer-session.ts',
    testFile: 'tracker/viblast/signals.test.ts',
    edits: [
      {
        name: 'an error names no negotiation',
        replace: 'this.#error(refusal.code, refusal.detail, { to, kind, negotiation });',
        by: 'this.#error(refusal.code, refusal.detail, { to, kind });',
        noticedBy: 'names the negotiation of an answer to an offer that was answered already',
      },
    ],
  },
  {
    file: 'tracker/neighbours/fair-shares.ts',
    testFile: 'tracker/neighbours/fair-shares.test.ts',
    edits: [
      {
        name: 'one address may send another tracker all that it takes',
        replace: 'if (!isPlenty && !this.#shareOf(origin, nowMs).take(nowMs, count)) return false;',
        by: '',
        noticedBy: 'is there for an address that sends little, however much another one sends',
      },
      {
        name: 'a long message to another tracker counts as a short one',
        replace: 'Math.ceil(bytes / bounds.messageBytes)',
        by: '1',
        noticedBy: 'is less of longer messages',
      },
    ],
  },
  {
    file: 'protocol/negotiations.ts',
    testFile: 'protocol/negotiations.test.ts',
    edits: [
      {
        name: 'the offer of the higher id stands',
        replace: 'if (this.own < peer) return false;',
        by: 'if (this.own > peer) return false;',
        noticedBy: 'lets the offer of the lower id stand where both offer at once',
      },
      {
        name: 'both yield where both offer at once',
        replace: 'if (this.own < peer) return false;',
        by: '',
        noticedBy:
          'brings both of a pair to the same offer and answer, in whatever order signals arrive',
      },
      {
        name: 'an answer to an old offer passes for one to the new one',
        replace: 'this.#offers.get(peer)?.negotiation !== negotiation',
        by: '!this.#offers.has(peer)',
        noticedBy:
          'offers a peer once at a time: again when it was answered, rejected, or never answered',
      },
    ],
  },
]);
