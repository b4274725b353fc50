import { qualityOf, type PlayerState } from '../../schemas/index.js';
import type { SwarmStanding } from '../announces/cdn-reason.js';
import type { Report } from '../announces/report.js';
import type { SessionPolicy } from '../policy/session-policy.js';
import type { StreamAudience } from '../policy/stream-audience.js';
import type { Network } from '../swarm/network.js';
import type { OfferBook } from '../swarm/offer-book.js';
import type { SwarmPeer } from '../swarm/swarm-peer.js';
import type { PeerReport } from '../swarm/swarm.js';
import type { PeerWish, SwarmStore } from '../swarm/swarm-store.js';

/** Players in these have given up their buffers. One that is paused has not. */
const statesOver: ReadonlySet<PlayerState> = new Set(['ended', 'quit', 'fatal_error']);

/** Whether nothing comes any more of a player in this state. */
export function isOver(state: PlayerState): boolean {
  return statesOver.has(state);
}

/**
 * Who asks again within this time is told of the same peers: it can't have connected to them yet,
 * and those that it is told of have to answer it.
 */
const sameAnswerMs = 1_000;

interface PlaceParts {
  readonly swarms: SwarmStore;
  readonly offers: OfferBook;
  readonly audience: StreamAudience;
}

/** What others may be told of a peer for as long as it is there. */
interface PlaceFacts {
  readonly network?: Network;
  readonly isSeeder?: boolean;
}

/** A session's place in the swarm of its stream, as far as the stream's policy gives it one. */
export class SwarmPlace {
  #latestNumber = -1;
  #latest: PeerReport | undefined;
  #told: readonly SwarmPeer[] = [];
  #toldAtMs = -Infinity;
  #shownAtMs = 0;
  #hasLeft = false;

  constructor(
    private readonly parts: PlaceParts,
    private readonly stream: string,
    private readonly peer: string,
    private policy: SessionPolicy,
    private readonly facts: PlaceFacts = {},
  ) {}

  /** Without effect where the swarm is full, or the policy has no place for the session. */
  take(): void {
    const { network, isSeeder } = this.facts;
    if (!this.policy.mayMeet) return;
    this.parts.swarms.join(this.stream, this.peer, network, isSeeder);
  }

  /** Takes its place, gives it up, or stays there without being shown, as the policy says now. */
  obey(policy: SessionPolicy): void {
    this.policy = policy;
    if (this.#hasLeft) return;
    if (!policy.mayMeet) this.#giveUp();
    else if (!this.parts.swarms.has(this.stream, this.peer)) this.take();
    else if (!policy.gives) this.#show(this.#shownAtMs);
  }

  /**
   * Stands where the newest report says: those sent again show that the viewer lives, and don't
   * move it back. Without reports nothing is shown.
   */
  announced(reports: readonly Report[], renditions: readonly string[], nowMs: number): void {
    for (const { number, segment, quality, state, peers } of reports) {
      if (number <= this.#latestNumber) continue;
      this.#latestNumber = number;
      this.#latest = {
        segment,
        quality: qualityOf(quality, renditions),
        connections: peers,
        isOver: statesOver.has(state),
      };
    }
    if (reports.length > 0) this.#show(nowMs);
  }

  /** As its reports are to be understood. */
  standing({ wanted, known }: PeerWish): SwarmStanding {
    const isAlone = !this.parts.swarms.hasOthers(this.stream, this.peer);
    // Where viewers don't give, they aren't there for others: without seeders nobody is.
    const isWithoutGivers = isAlone && !this.policy.policy.give;
    return {
      isAlone,
      isWithoutPeers: isWithoutGivers || !this.#mayMeetNow,
      wantsNone: wanted === 0 && known.length === 0,
    };
  }

  /** Others that suit this place, as many as the policy leaves room for. */
  peers({ wanted, known }: PeerWish, nowMs: number): readonly SwarmPeer[] {
    const { peersMax = Infinity } = this.policy.policy;
    const room = this.#mayMeetNow ? Math.max(0, peersMax - known.length) : 0;
    const wish = { wanted: Math.min(wanted, room), known };
    if (this.#isGoodStill(wish, nowMs)) return this.#told;
    this.#told = this.parts.swarms.pick(this.stream, this.peer, wish, nowMs);
    this.#toldAtMs = nowMs;
    return this.#told;
  }

  /** For good. */
  leave(): void {
    this.#hasLeft = true;
    this.#giveUp();
  }

  /** False: the policy has no peers for this session, or the stream too few viewers yet. */
  get #mayMeetNow(): boolean {
    const { mayMeet, policy } = this.policy;
    const { audience, swarms } = this.parts;
    if (!mayMeet || policy.viewersMin === 1) return mayMeet;
    const viewers = audience.sessionsIn(this.stream) + swarms.elsewhereCount(this.stream);
    return viewers >= policy.viewersMin;
  }

  /** Where it plays; others are told of it as far as it has something to give. */
  #show(nowMs: number): void {
    const latest = this.#latest;
    if (latest === undefined) return;
    this.#shownAtMs = nowMs;
    const shown = this.policy.gives ? latest : { ...latest, isOver: true };
    this.parts.swarms.announced(this.stream, this.peer, shown, nowMs);
  }

  #giveUp(): void {
    this.parts.swarms.leave(this.stream, this.peer);
    this.parts.offers.forget(this.peer);
    this.#told = [];
  }

  /** Whether the answer before was just now, and all that is in it may be told again. */
  #isGoodStill({ wanted, known }: PeerWish, nowMs: number): boolean {
    const passedMs = nowMs - this.#toldAtMs;
    if (passedMs < 0 || passedMs >= sameAnswerMs || this.#told.length !== wanted) return false;
    return this.#told.every(
      ({ id, isSuitable, busyUntilMs }) =>
        isSuitable && busyUntilMs <= nowMs && !known.includes(id),
    );
  }
}
