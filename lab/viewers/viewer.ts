import { protocolLimits, type RefusalReason, type ServerMessage } from '../../protocol/index.js';
import type { SessionId } from '../../schemas/index.js';
import { AnnounceQueue } from './announce-queue.js';
import type { Means } from './condition.js';
import { Connection } from './connection.js';
import type { LedgerWriter } from './ledger-file.js';
import type { ViewerProfile } from './model.js';
import { Playback } from './playback.js';
import type { Random } from '../../service/random.js';
import { homeOf } from './homes.js';
import { jittered, loopbackAddress } from './random.js';
import type { Statistics } from './statistics.js';
import type { Swarm } from './swarm.js';
import { ViewerSignals } from './viewer-signals.js';

export interface ViewerParts {
  readonly url: string;
  readonly now: () => number;
  readonly random: Random;
  readonly ledger: LedgerWriter;
  readonly swarm: Swarm;
  readonly statistics: Statistics;
  /** True: each session has a loopback address of its own, as viewers at home have. */
  readonly hasOwnAddress: boolean;
  readonly nextMeans: () => Means;
  /** Instead of what the tracker says. */
  readonly announceIntervalMs: number | undefined;
}

type ToldPolicy = Pick<Extract<ServerMessage, { type: 'policy' }>, 'policy' | 'isHeldBack'>;

const peersWanted = 6;
const intervalJitter = 0.1;
const asksForNoMoreShare = 0.3;
const networkLossShare = 0.004;
const uploadedBytesMax = 2 ** 36;

/** One session on a real socket, from its page's opening to its end. */
export class Viewer {
  readonly #queue = new AnnounceQueue();
  readonly #means: Means;
  readonly #playback: Playback;
  readonly #connection: Connection;
  readonly #signals: ViewerSignals;
  /** Its own, if it has one. */
  readonly #address: string | undefined;
  /** Some ask for no peers as long as they have all that they take. */
  readonly #asksForNoMore: boolean;
  #ownPeer: string | undefined;
  #ticket: string | undefined;
  #clockOffsetMs: number | undefined;
  #announceIntervalMs = 5_000;
  #mayMeet = true;
  #uploadKbpsMax = Infinity;
  /** What was longer ago when a tracker answered at last, nobody would believe any more. */
  #coveredMsMax = 0;
  #isJoined = false;
  #announceTimer: NodeJS.Timeout | undefined;
  #resendTimer: NodeJS.Timeout | undefined;
  readonly #toResend = new Set<number>();
  #onSettled: (() => void) | undefined;
  #onHeard: () => void = () => undefined;
  /** Resolves with the first answer to an announce, or at the session's end. */
  readonly heard = new Promise<void>((resolve) => (this.#onHeard = resolve));

  constructor(
    private readonly profile: ViewerProfile,
    private readonly session: SessionId,
    private readonly parts: ViewerParts,
  ) {
    this.#means = parts.nextMeans();
    this.#asksForNoMore = parts.random() < asksForNoMoreShare;
    this.#playback = new Playback(profile, parts.random, parts.now(), this.#means.peerShare);
    const url = new URL(parts.url);
    url.searchParams.set('stream', profile.stream.key);
    this.#address = parts.hasOwnAddress ? loopbackAddress(parts.random) : undefined;
    const way = {
      url: url.href,
      userAgent: profile.browser.userAgent,
      localAddress: this.#address,
    };
    this.#connection = new Connection(way, parts.random, {
      onOpen: () => this.#hello(),
      onMessage: (message) => this.#take(message),
      onLost: () => this.#lost(),
      onError: (code, detail) => {
        const at = new Date(parts.now()).toISOString();
        parts.statistics.error(code, detail && `${at} ${detail}`);
      },
    });
    this.#signals = new ViewerSignals(parts, this.#connection, this.#means.canConnect);
  }

  get isConnected(): boolean {
    return this.#isJoined;
  }

  /** Announces that were sent and have no answer yet. */
  get waiting(): number {
    return this.#queue.sentSize;
  }

  start(): void {
    const { stream, app } = this.profile;
    const home = this.#address === undefined ? undefined : homeOf(this.#address);
    this.parts.ledger.began(stream.key, this.session, { ...app.facts, home });
    this.#connection.open();
  }

  /** Closes the page at once: what has no answer yet stays unknown. */
  vanish(): void {
    this.#announce();
    this.#end(true);
  }

  /** Makes no new announce, waits for outstanding answers, `waitMs` at most, and leaves. */
  async leave(waitMs: number, withLastAnnounce: boolean): Promise<void> {
    clearTimeout(this.#announceTimer);
    if (withLastAnnounce) this.#announce();
    clearTimeout(this.#announceTimer);
    if (this.#queue.size > 0) {
      // Asks for acknowledgements that would wait for the next announce.
      this.#connection.send({ type: 'announce', announces: [], peersWanted: 0 });
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, waitMs);
        this.#onSettled = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    this.#connection.send({ type: 'leave' });
    this.#end(false);
  }

  #end(isAbrupt: boolean): void {
    clearTimeout(this.#announceTimer);
    this.#forgetResends();
    this.#isJoined = false;
    this.#onHeard();
    if (this.#ownPeer !== undefined) this.parts.swarm.leave(this.#ownPeer);
    this.#connection.close(isAbrupt);
  }

  #hello(): void {
    const { stream, browser, tellsBrowser, app } = this.profile;
    const { family, brands } = browser;
    this.#connection.send({
      type: 'hello',
      stream: stream.key,
      session: this.session,
      ...app.told,
      ...(tellsBrowser ? { browser: family } : brands === undefined ? {} : { brands }),
      ...(this.#ticket === undefined ? {} : { ticket: this.#ticket }),
    });
  }

  #lost(): void {
    this.#isJoined = false;
    this.parts.statistics.reconnects += 1;
    this.#forgetResends();
  }

  #take(message: ServerMessage): void {
    switch (message.type) {
      case 'welcome':
        this.#ticket = message.ticket;
        this.#coveredMsMax = message.limits.oldestMs;
        this.#obey(message);
        this.#welcome(message.peer, message.time, message.announceIntervalMs);
        break;
      case 'peers':
        this.#clockOffsetMs = message.time - this.parts.now();
        this.#signals.meet(message.peers);
        break;
      case 'acknowledged':
        this.#acknowledged(message.numbers);
        break;
      case 'refused':
        this.#refused(message.numbers, message.reason);
        break;
      case 'error':
        this.parts.statistics.error(message.code);
        this.#signals.refused(message);
        if (message.retryable && message.numbers !== undefined) this.#resendLater(message.numbers);
        break;
      case 'signal':
        this.#signals.take(message);
        break;
      case 'renewed':
        this.#ticket = message.ticket ?? this.#ticket;
        break;
      case 'policy':
        this.#obey(message);
        break;
      case 'reconnect':
        this.#connection.moveAfter(message.afterMs);
        break;
    }
  }

  /** As the stream's policy says; trackers of earlier versions tell of none. */
  #obey({ policy, isHeldBack = false }: Partial<ToldPolicy>): void {
    this.#mayMeet = policy?.peers !== false && !isHeldBack;
    this.#uploadKbpsMax = policy?.uploadKbpsMax ?? Infinity;
    this.parts.ledger.placed(this.profile.stream.key, this.session, { mayMeet: this.#mayMeet });
    this.#signals.bound(this.#mayMeet ? (policy?.peersMax ?? Infinity) : 0);
    this.#standInSwarm();
  }

  /** Others are connected to it as long as it may have peers. */
  #standInSwarm(): void {
    if (this.#ownPeer === undefined) return;
    if (this.#mayMeet) this.parts.swarm.join(this.#ownPeer);
    else this.parts.swarm.leave(this.#ownPeer);
  }

  #welcome(peer: string, trackerTimeMs: number, announceIntervalMs: number): void {
    const { swarm, now } = this.parts;
    if (this.#ownPeer !== undefined) swarm.rename(this.#ownPeer, peer);
    this.#ownPeer = peer;
    this.#standInSwarm();
    this.#signals.welcomed(peer);
    this.#clockOffsetMs = trackerTimeMs - now();
    this.#announceIntervalMs = this.parts.announceIntervalMs ?? announceIntervalMs;
    const isFirst = this.#announceTimer === undefined;
    this.#isJoined = true;
    this.#send(() => true);
    if (isFirst && this.#onSettled === undefined) this.#announceAndPlanNext();
  }

  #announceAndPlanNext(): void {
    this.#announce();
    this.#announceTimer = setTimeout(
      () => this.#announceAndPlanNext(),
      jittered(this.parts.random, this.#announceIntervalMs, intervalJitter),
    );
    if (this.parts.random() < networkLossShare) this.#connection.drop();
  }

  #announce(): void {
    const { now, swarm } = this.parts;
    if (this.#clockOffsetMs === undefined || this.#queue.isFull) return;
    const peers = this.#signals.connectedPeers();
    const report = this.#playback.report(now(), peers, {
      seeders: this.#signals.connectedSeeders(),
      coveredMsMax: this.#coveredMsMax,
      uploadKbpsMax: this.#uploadKbpsMax,
    });
    const { fromPeers, quality, startupMs, encodedBitrateKbps, now: told, ...always } = report;
    for (const { peer, bytes } of fromPeers) swarm.upload(peer, bytes);
    this.#queue.add({
      time: now() + this.#clockOffsetMs,
      ...always,
      ...told,
      ...(quality === undefined ? {} : { quality }),
      ...(startupMs === undefined ? {} : { startupMs }),
      ...(encodedBitrateKbps === undefined ? {} : { encodedBitrateKbps }),
      uploadedBytes:
        this.#ownPeer === undefined ? 0 : swarm.takeUploaded(this.#ownPeer, uploadedBytesMax),
      peers: peers.length,
    });
    this.#send((number) => !this.#queue.wasSent(number));
  }

  /** Sends what waits and is wanted; written down first. */
  #send(isWanted: (number: number) => boolean): void {
    if (!this.#isJoined || !this.#connection.isOpen) return;
    const { ledger, statistics } = this.parts;
    const stream = this.profile.stream.key;
    const { announcesPerMessageMax } = protocolLimits;
    const toSend = this.#queue.takeToSend(isWanted);
    const connectedPeers = this.#signals.connectedPeers();
    const wanted = this.#peersWanted();
    const standing = {
      mayMeet: this.#mayMeet,
      peersWanted: wanted,
      connectedPeers: connectedPeers.length,
    };
    for (let from = 0; from < toSend.length; from += announcesPerMessageMax) {
      const part = toSend.slice(from, from + announcesPerMessageMax);
      const again = part.filter(({ isResend }) => isResend).map(({ announce }) => announce.number);
      for (const { announce, isResend } of part) {
        if (isResend) continue;
        ledger.sent(stream, this.session, this.profile.browser.family, announce, standing);
      }
      ledger.resent(stream, this.session, again, standing);
      statistics.sent += part.length - again.length;
      statistics.resent += again.length;
      this.#connection.send({
        type: 'announce',
        announces: part.map(({ announce }) => announce),
        peersWanted: wanted,
        connectedPeers,
      });
    }
  }

  #peersWanted(): number {
    if (!this.#means.wantsPeers || !this.#mayMeet) return 0;
    return this.#asksForNoMore && this.#signals.isFull ? 0 : peersWanted;
  }

  #resendLater(numbers: readonly number[]): void {
    for (const number of numbers) this.#toResend.add(number);
    this.#resendTimer ??= setTimeout(
      () => {
        const again = new Set(this.#toResend);
        this.#forgetResends();
        this.#send((number) => again.has(number));
      },
      jittered(this.parts.random, this.#announceIntervalMs * 0.75, 0.3),
    );
  }

  #forgetResends(): void {
    clearTimeout(this.#resendTimer);
    this.#resendTimer = undefined;
    this.#toResend.clear();
  }

  #acknowledged(numbers: readonly number[]): void {
    // Every one is written down, also one that nobody waits for: it has to be true all the same.
    this.parts.ledger.acknowledged(this.profile.stream.key, this.session, numbers);
    this.parts.statistics.acknowledged += this.#queue.settle(numbers).length;
    this.#onAnswered();
  }

  #refused(numbers: readonly number[], reason: RefusalReason): void {
    const settled = this.#queue.settle(numbers);
    this.parts.ledger.refused(this.profile.stream.key, this.session, settled, reason);
    this.parts.statistics.refused += settled.length;
    this.#onAnswered();
  }

  #onAnswered(): void {
    this.#onHeard();
    if (this.#queue.size === 0) this.#onSettled?.();
  }
}
