import type { NeighbourMessage, Neighbours } from '../neighbours/index.js';
import type { SwarmPeer } from '../swarm/swarm-peer.js';
import type { OpenOffer } from './open-offers.js';
import { readMessage, type ReadAnswer, type ReadOffer } from './read-message.js';
import type { Member, RemotePeer, TorrentSwarms } from './torrent-swarms.js';
import { answerFrame, answerText, offerFrame, offerText } from './write-answers.js';

/** Under which offers and answers go from one tracker to another. */
const dialect = 'webtorrent';

/** What became of an offer. */
export type OfferOutcome = 'relayed' | 'nobody' | 'refused';

/** Offers on their way to other peers of a swarm, here or at other trackers, and answers back. */
export class Relay {
  constructor(
    private readonly torrents: TorrentSwarms,
    private readonly neighbours: Neighbours,
    private readonly now: () => number,
  ) {
    neighbours.receive(dialect, (message) => this.#receive(message));
  }

  /**
   * Passes each offer on to another peer of the swarm, as far as there are others that take one:
   * that don't read too slowly, and don't have too many that they didn't answer. Returns what
   * became of how many.
   */
  offers(
    from: Member,
    offers: readonly ReadOffer[],
    nowMs: number,
  ): Readonly<Record<OfferOutcome, number>> {
    let relayed = 0;
    let refusals = 0;
    const takes = ({ id: peerId, instance }: SwarmPeer): boolean => {
      const offer = offers[relayed];
      if (offer === undefined) return false;
      const isTaken =
        instance === ''
          ? this.#offerHere(from, from.swarm, peerId, offer, nowMs)
          : this.#offerElsewhere(from, { peerId, instance }, offer, nowMs);
      if (isTaken) relayed += 1;
      else refusals += 1;
      return isTaken;
    };
    if (offers.length > 0) this.torrents.introduce(from, offers.length, takes, nowMs);
    const refused = Math.min(refusals, offers.length - relayed);
    return { relayed, refused, nobody: offers.length - relayed - refused };
  }

  /**
   * Passes an answer on to the socket that its offer came from, whoever else uses that peer_id; to
   * those of the peer_id where that one is gone. False where no such offer was relayed to the
   * member's peer_id, or it was answered, or is too old, or nobody of who made it is in the swarm,
   * or its tracker is gone.
   */
  answer(member: Member, { toPeerId, offerId, text }: ReadAnswer, nowMs: number): boolean {
    const offer = member.offers.answer(toPeerId, offerId, nowMs);
    if (offer === undefined) return false;
    const { swarm, peerId } = member;
    const relayed = { infoHash: swarm.infoHash, peerId, offerId, text };
    const { from } = offer;
    if (isMember(from)) {
      const members = from.isGone ? this.torrents.membersOf(swarm, from.peerId) : [from];
      if (members.length === 0) return false;
      const frame = answerText(relayed);
      for (const { link } of members) link.send(frame);
    } else if (!this.#send(member, from, 'answer', answerFrame(relayed, toPeerId))) return false;
    this.torrents.met(member, from);
    return true;
  }

  #offerHere(
    from: Member | RemotePeer,
    swarm: Member['swarm'],
    to: string,
    { id: offerId, text }: ReadOffer,
    nowMs: number,
  ): boolean {
    const { peerId } = from;
    const open: OpenOffer<typeof from> = {
      from,
      origin: isMember(from) ? from.link.origin : from.instance,
      isElsewhere: !isMember(from),
      peerId,
      offerId,
      sinceMs: nowMs,
    };
    const takers = this.torrents.membersOf(swarm, to).filter(({ link }) => !link.isBusy);
    if (takers[0]?.offers.add(open, (one) => isSame(one, from)) !== true) return false;
    const frame = offerText({ infoHash: swarm.infoHash, peerId, offerId, text });
    for (const { link } of takers) link.send(frame);
    return true;
  }

  #offerElsewhere(from: Member, to: RemotePeer, offer: ReadOffer, nowMs: number): boolean {
    const { id: offerId, text } = offer;
    const { swarm, peerId } = from;
    const open = {
      from: to,
      origin: to.peerId,
      isElsewhere: true,
      peerId: to.peerId,
      offerId,
      sinceMs: nowMs,
    };
    const frame = offerFrame({ infoHash: swarm.infoHash, peerId, offerId, text });
    return from.sent.add(open, (one) => isSame(one, to)) && this.#send(from, to, 'offer', frame);
  }

  #send(from: Member, to: RemotePeer, kind: 'offer' | 'answer', payload: string): boolean {
    const { instance } = to;
    const isFree = this.neighbours.claim(instance, from.link.origin, payload.length, this.now());
    return (
      isFree &&
      this.neighbours.send({
        toInstance: instance,
        dialect,
        swarm: this.torrents.keyOf(from.swarm),
        from: from.peerId,
        to: to.peerId,
        kind,
        payload,
      })
    );
  }

  /**
   * Takes what a client of another tracker said; all that is asked of a client is asked of it
   * again. False: it makes no sense.
   */
  #receive({ swarm: key, from, fromInstance, to, payload }: NeighbourMessage): boolean {
    const message = readMessage(payload);
    if (message.kind !== 'announce' && message.kind !== 'answer') return false;
    const swarm = this.torrents.named(key);
    // The swarm may be gone from here.
    if (swarm === undefined) return true;
    if (message.infoHash !== swarm.infoHash || message.peerId !== from) return false;
    const sender = { peerId: from, instance: fromInstance };
    if (message.kind === 'announce') {
      const nowMs = this.now();
      for (const offer of message.offers) this.#offerHere(sender, swarm, to, offer, nowMs);
      return true;
    }
    const { offerId, text } = message;
    const answer = answerText({ infoHash: swarm.infoHash, peerId: from, offerId, text });
    for (const member of this.torrents.socketsOf(swarm, to)) {
      if (member.sent.answer(from, offerId, this.now()) === undefined) continue;
      member.link.send(answer);
      this.torrents.met(member, sender);
    }
    return true;
  }
}

function isMember(peer: Member | RemotePeer): peer is Member {
  return 'link' in peer;
}

/** Whether what both have open counts together. */
function isSame(one: Member | RemotePeer, other: Member | RemotePeer): boolean {
  if (isMember(one)) return isMember(other) && one.link === other.link;
  return !isMember(other) && one.peerId === other.peerId && one.instance === other.instance;
}
