import {
  closeCodes,
  torrentLimits,
  type CloseCode,
  type TorrentFailure,
} from '../../protocol/index.js';
import type { RegisteredStream } from '../../registry/index.js';
import { joinCloseCodes, type Admission, type JoinRefusal } from '../admission/check.js';
import { platformOf } from '../facets/platform.js';
import { textOf } from '../facets/told-word.js';
import { signalLimits, torrentSocketLimits, trackerLimits } from '../limits.js';
import type { SessionPolicy } from '../policy/session-policy.js';
import type { PolicyFollower } from '../policy/stream-audience.js';
import type { Conversation, ViewerLink, ViewerRequest } from '../sockets/conversation.js';
import { addressBlock } from '../sockets/ip-address.js';
import { TokenBucket } from '../sockets/token-bucket.js';
import { askedPlace, type AskedPlace } from './asked-place.js';
import { namedSwarm, type NamedSwarm } from './named-swarm.js';
import {
  readMessage,
  type ReadAnnounce,
  type ReadAnswer,
  type ReadScrape,
} from './read-message.js';
import { SocketAdmissions } from './socket-admissions.js';
import { SocketPolicies } from './socket-policies.js';
import { SocketViewers } from './socket-viewers.js';
import type { TorrentParts } from './torrent-parts.js';
import type { Network } from '../swarm/network.js';
import type { ClientLink, Member } from './torrent-swarms.js';
import { announcedText, failureText, scrapedText, type SwarmCounts } from './write-answers.js';

/** A word for programs, what people read, and what the socket is closed with, if it is. */
interface Refusal {
  readonly ok: false;
  readonly failure: JoinRefusal;
  readonly detail: string;
  readonly closeCode?: CloseCode;
}

/** What came of asking for a place: the swarm, why not, or that a token is being looked at. */
type Place = NamedSwarm | Refusal | 'pending';

const { scrapedSwarmsMax } = torrentLimits;
const noStream: Refusal = {
  ok: false,
  failure: 'unknown_stream',
  detail: 'no stream has this key',
  closeCode: closeCodes.unknownStream,
};
const nothing: SwarmCounts = { complete: 0, incomplete: 0 };

/** One socket's conversation in the WebTorrent dialect: several peer_ids, in several swarms. */
export class TorrentConversation implements Conversation, ClientLink, PolicyFollower {
  hasGreeted = false;
  #isClosed = false;
  readonly #asked: AskedPlace;
  readonly #members = new Map<string, Member>();
  /** Of the members, the one that spoke last. */
  #latest: Member | undefined;
  readonly #admissions: SocketAdmissions;
  readonly #viewers: SocketViewers;
  readonly #policies: SocketPolicies;
  readonly #network: Network;
  readonly origin: string;
  readonly #waiting: string[] = [];
  #isAdmitting = false;
  #mistakes: TokenBucket | undefined;
  #scraped: TokenBucket | undefined;
  #leaveTimer: NodeJS.Timeout | undefined;

  constructor(
    private readonly parts: TorrentParts,
    private readonly link: ViewerLink,
    request: ViewerRequest,
  ) {
    this.#asked = askedPlace(request.target);
    const { origin, browser, userAgent, address } = request;
    this.#network = parts.networkOf(address);
    this.origin = addressBlock(address);
    this.#admissions = new SocketAdmissions(parts, this.#asked, origin);
    this.#policies = new SocketPolicies(parts, this.#asked, this, this.origin);
    this.#viewers = new SocketViewers(parts.viewers, this.#asked, {
      ...platformOf(textOf(userAgent)),
      browser,
      network: this.#network,
      address: this.origin,
    });
  }

  receive(text: string): boolean {
    if (this.#isClosed) return false;
    if (this.#isAdmitting) {
      if (this.#waiting.length >= trackerLimits.messagesWhileJoiningMax) this.refuseFlood();
      else this.#waiting.push(text);
      return false;
    }
    const message = readMessage(text);
    if (message.kind === 'unreadable') {
      this.#fail(message.failure, message.detail, message.infoHash, message.action);
      this.#countMistake();
      return false;
    }
    this.hasGreeted = true;
    if (message.kind === 'scrape') this.#scrape(message, text);
    else {
      const place = this.#place(message.infoHash, text);
      if (place === 'pending') return false;
      if (!place.ok) this.#refuse(message, place);
      else if (message.kind === 'announce') this.#announce(message, place);
      else return this.#answer(message, place);
    }
    return false;
  }

  /** Some clients send all their frames as binary ones. */
  receiveBinary(text: string): boolean {
    return this.receive(text);
  }

  refuseFlood(): void {
    this.#fail('too_many_messages', 'more messages than allowed');
    this.#end(closeCodes.tooManyMessages, 'too many messages');
  }

  refuseSilence(): void {
    this.#fail('hello_expected', 'no announce in time');
    this.#end(closeCodes.noHello, 'no announce in time');
  }

  failed(): void {
    this.#fail('internal', 'the tracker made a mistake');
    this.#end(closeCodes.internal, 'internal error');
  }

  /** Nothing in the dialect says so; its clients come back after any close. */
  reconnect(afterMs: number): void {
    if (this.#isClosed) return;
    clearTimeout(this.#leaveTimer);
    const leave = (): void => this.#end(closeCodes.stopping, 'the tracker stops');
    this.#leaveTimer = setTimeout(leave, afterMs);
  }

  closed(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    clearTimeout(this.#leaveTimer);
    this.#waiting.length = 0;
    const nowMs = this.parts.now();
    for (const member of this.#members.values()) this.parts.torrents.leave(member, nowMs);
    this.#members.clear();
    this.#latest = undefined;
    this.#viewers.release(nowMs);
    this.#policies.release();
  }

  /** Who may still be in the swarms comes back with its next announce. */
  streamChanged(stream: RegisteredStream): void {
    const { torrents, now } = this.parts;
    for (const member of this.#members.values()) {
      if (member.swarm.stream !== stream.key) continue;
      const { peerId, isComplete } = member;
      const { mayMeet, gives } = this.#policies.of(stream, peerId, isComplete);
      if (!mayMeet || !(gives || isComplete)) torrents.leave(member, now());
    }
  }

  get isBusy(): boolean {
    return this.link.unsentBytes > signalLimits.targetUnsentBytesMax;
  }

  send(text: string): void {
    if (!this.#isClosed) this.link.send(text);
  }

  #announce(message: ReadAnnounce, { name, stream }: NamedSwarm): void {
    const { torrents, relay, metrics, now } = this.parts;
    const { infoHash, peerId, event, isComplete, wantsPeers, offers, offersUnread } = message;
    const nowMs = now();
    torrents.expire(nowMs);
    const member = event === 'stopped' ? undefined : this.#member(name, peerId);
    if (event === 'stopped') this.#leave(memberKey(name, peerId));
    else if (member === undefined) {
      const detail = `a socket is in ${torrentSocketLimits.swarmsPerSocketMax} at a time`;
      this.#refuse(message, { ok: false, failure: 'too_many_swarms', detail });
      return;
    }
    const isSeeder = isSeeding(message);
    const policy = stream && member && this.#policies.of(stream, peerId, isSeeder);
    const isApart = policy?.mayMeet === false;
    if (member !== undefined && isApart) torrents.leave(member, nowMs);
    const counts =
      member === undefined || isApart
        ? torrents.counts(name)
        : torrents.announced(
            member,
            { isComplete, wantsPeers, gives: policy?.gives ?? true },
            nowMs,
          );
    metrics.announce(event, 'answered');
    metrics.offers('unread', offersUnread);
    const warning =
      offersUnread === 0 ? undefined : `${offersUnread} offers can't be read, or are too large`;
    const intervalSeconds = this.parts.announceIntervalMs / 1_000;
    this.send(announcedText(infoHash, counts, intervalSeconds, warning));
    if (member === undefined) return;
    const relayed =
      policy === undefined ? offers : offers.slice(0, this.#offersMax(member, policy));
    metrics.offers('policy', offers.length - relayed.length);
    metrics.relayed(relay.offers(member, relayed, nowMs));
    if (stream !== undefined && !this.#asked.reports) {
      this.#viewers.seen(stream, { infoHash, peerId, isSeeder }, policy?.group, nowMs);
    }
  }

  /** Of an announce, as many as its stream's policy lets through now. */
  #offersMax({ swarm }: Member, { mayMeet, policy }: SessionPolicy): number {
    const { audience, torrents } = this.parts;
    const { peersMax = Infinity, viewersMin } = policy;
    if (!mayMeet) return 0;
    if (viewersMin === 1) return peersMax;
    const viewers = audience.sessionsIn(swarm.stream) + torrents.elsewhereCount(swarm);
    return viewers < viewersMin ? 0 : peersMax;
  }

  /** The member of this socket; undefined where it can't be in one more swarm. */
  #member(name: Member['swarm'], peerId: string): Member | undefined {
    const known = this.#known(name, peerId);
    if (known !== undefined) return known;
    if (this.#members.size >= torrentSocketLimits.swarmsPerSocketMax) {
      for (const [other, { isGone }] of this.#members) if (isGone) this.#members.delete(other);
      this.#latest = undefined;
      if (this.#members.size >= torrentSocketLimits.swarmsPerSocketMax) return undefined;
    }
    const member = this.parts.torrents.newMember(name, peerId, this, this.#network);
    this.#members.set(memberKey(name, peerId), member);
    return member;
  }

  #known(name: Member['swarm'], peerId: string): Member | undefined {
    const latest = this.#latest;
    // Nearly every client is in one swarm at a time, under one peer_id.
    if (latest !== undefined && isOf(latest, name, peerId)) return latest;
    this.#latest = this.#members.get(memberKey(name, peerId));
    return this.#latest;
  }

  #leave(key: string): void {
    const member = this.#members.get(key);
    if (member === undefined) return;
    this.parts.torrents.leave(member, this.parts.now());
    this.#members.delete(key);
    this.#latest = undefined;
  }

  /** True: it belongs to an offer that was relayed, of which each peer is sent a bounded number. */
  #answer(message: ReadAnswer, { name }: NamedSwarm): boolean {
    const member = this.#known(name, message.peerId);
    const { relay, now } = this.parts;
    const isRelayed =
      member !== undefined && !member.isGone && relay.answer(member, message, now());
    this.parts.metrics.answer(isRelayed ? 'relayed' : 'no_offer');
    const detail = 'no such offer was relayed to this peer_id, or it was answered, or is too old';
    if (!isRelayed) this.#fail('no_offer', detail, message.infoHash);
    return isRelayed;
  }

  #scrape({ infoHashes }: ReadScrape, text: string): void {
    const counts = new Map<string, SwarmCounts>();
    const nowMs = this.parts.now();
    this.parts.torrents.expire(nowMs);
    for (const infoHash of infoHashes ?? []) {
      const place = this.#place(infoHash, text);
      if (place === 'pending') return;
      // Of what isn't here there is nobody, whyever it isn't.
      counts.set(infoHash, place.ok ? this.parts.torrents.counts(place.name) : nothing);
    }
    const told = infoHashes === undefined ? this.#allCounts(text) : counts;
    if (told === undefined) return;
    // Now that all of it is known: it was asked anew whenever something had to be waited for.
    if (!this.#mayScrape(told.size, nowMs)) {
      this.refuseFlood();
      return;
    }
    this.parts.metrics.scrape();
    this.send(scrapedText(told, this.parts.announceIntervalMs / 1_000));
  }

  #mayScrape(swarms: number, nowMs: number): boolean {
    const { scrapedPerSecond, scrapedBurst } = torrentSocketLimits;
    this.#scraped ??= new TokenBucket(scrapedPerSecond, scrapedBurst, nowMs);
    return this.#scraped.take(nowMs, swarms);
  }

  /**
   * Of the swarms of the stream that the socket names; without one, of those that need none where
   * such are served, and of those that it is in. Undefined: the frame waits.
   */
  #allCounts(text: string): ReadonlyMap<string, SwarmCounts> | undefined {
    const { torrents, findStream, takesStrangers } = this.parts;
    const { stream: key } = this.#asked;
    if (key === undefined) {
      const strangers = takesStrangers ? torrents.countsOfStream('', scrapedSwarmsMax) : [];
      const own = [...this.#members.values()].filter(({ isGone }) => !isGone);
      return new Map([
        ...strangers,
        ...own.map(({ swarm }) => [swarm.infoHash, torrents.counts(swarm)] as const),
      ]);
    }
    const stream = findStream(key);
    const refusal = stream === undefined ? noStream : this.#refusal(stream, text);
    if (refusal === 'pending') return undefined;
    return refusal === undefined ? torrents.countsOfStream(key, scrapedSwarmsMax) : new Map();
  }

  /** Pending: the frame's text waits until it is known. */
  #place(infoHash: string, text: string): Place {
    const named = namedSwarm(this.#asked.stream, infoHash, this.parts);
    if (!named.ok) return named.failure === 'unknown_stream' ? noStream : named;
    if (named.stream === undefined) return named;
    return this.#refusal(named.stream, text) ?? named;
  }

  /** Why this socket may not be in the stream; undefined: it may. */
  #refusal(stream: RegisteredStream, text: string): Refusal | 'pending' | undefined {
    const admission = this.#admissions.of(stream);
    if (admission instanceof Promise) {
      this.#waitFor(admission, text);
      return 'pending';
    }
    if (admission.ok) return undefined;
    const { code: failure, detail } = admission;
    // A socket that names no stream may be about others too.
    return this.#asked.stream === undefined
      ? { ok: false, failure, detail }
      : { ok: false, failure, detail, closeCode: joinCloseCodes[failure] };
  }

  #waitFor(admission: Promise<Admission>, text: string): void {
    this.#isAdmitting = true;
    this.#waiting.push(text);
    admission
      .then(() => {
        this.#isAdmitting = false;
        for (const waiting of this.#waiting.splice(0)) this.receive(waiting);
      })
      .catch((error: unknown) => {
        this.parts.onInternalError(error);
        this.failed();
      });
  }

  #refuse(message: ReadAnnounce | ReadAnswer, { failure, detail, closeCode }: Refusal): void {
    if (message.kind === 'announce') this.parts.metrics.announce(message.event, failure);
    this.parts.onRefused({
      reason: failure,
      stream: this.#asked.stream,
      origin: this.#admissions.origin,
    });
    this.#fail(failure, detail, message.infoHash);
    if (closeCode !== undefined) this.#end(closeCode, failure);
  }

  #countMistake(): void {
    const { badMessagesMax, mistakesForgivenPerSecond } = trackerLimits;
    const nowMs = this.parts.now();
    this.#mistakes ??= new TokenBucket(mistakesForgivenPerSecond, badMessagesMax - 1, nowMs);
    if (!this.#mistakes.take(nowMs)) this.#end(closeCodes.badMessages, 'too many bad messages');
  }

  #fail(
    failure: TorrentFailure,
    detail: string,
    infoHash?: string,
    action: 'announce' | 'scrape' = 'announce',
  ): void {
    if (this.#isClosed) return;
    this.parts.metrics.failure(failure);
    this.send(failureText(action, infoHash, failure, detail));
  }

  #end(code: CloseCode, reason: string): void {
    if (this.#isClosed) return;
    this.link.close(code, reason);
    this.closed();
  }
}

/** Complete, and not just become so. */
function isSeeding({ isComplete, event }: ReadAnnounce): boolean {
  return isComplete && event !== 'completed';
}

function isOf({ swarm, peerId }: Member, { stream, infoHash }: Member['swarm'], other: string) {
  return peerId === other && swarm.infoHash === infoHash && swarm.stream === stream;
}

function memberKey({ stream, infoHash }: Member['swarm'], peerId: string): string {
  return `${stream}#${infoHash}${peerId}`;
}
