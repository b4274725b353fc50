import {
  browsers,
  failures,
  firstAnnounce,
  roles,
  type Announce,
  type Browser,
  type FacetValue,
  type Role,
} from '../../schemas/index.js';
import type { FacetSource, HeldFacets } from '../../tracker/facets/session-facets.js';
import { listedPlans } from './as-told.js';
import type { Faults } from './faults.js';
import type { Random } from './random.js';
import { drawReason } from './drawn-reason.js';
import type { ToldOfReason, TrackerNode } from './tracker-node.js';
import type { VirtualClock } from './virtual-clock.js';

export interface ViewerOptions {
  readonly clock: VirtualClock;
  readonly random: Random;
  readonly faults: Faults;
  readonly stream: string;
  /** 16 bytes. */
  readonly session: Buffer;
  readonly isRestamping: boolean;
  /** The trackers that are up. */
  readonly trackers: () => readonly TrackerNode[];
  readonly onMade: (announce: Announce) => void;
}

interface Connection {
  readonly tracker: TrackerNode;
  /** What the tracker's welcome told: its clock against the true time. */
  readonly clockOffsetMs: number;
  readonly held: HeldFacets;
}

/** Over all streams they are 720p, 1080p and other. */
const qualities = ['hd=720p', '1920x800', 'unknown'];
const switchesQuality = 0.2;

/** What is known of a session, of another network at each connection. */
function drawSource(random: Random): FacetSource {
  const [system, country] = random.pick([[0, ''] as const, [1, 'DE'] as const, [2, 'CZ'] as const]);
  return {
    network: { block: 0, system, country },
    device: random.pick(['mobile', 'tv'] as const),
    system: 'other',
    player: 'other',
    labels: { plan: random.pick(['free', 'paid', 'a plan that nobody lists']) },
    streamLabels: new Map([['plan', listedPlans]]),
  };
}

/**
 * One session: numbers and stamps its announces once, keeps each until answered, resends it
 * unchanged.
 */
export class Viewer {
  readonly #kept = new Map<number, Announce>();
  readonly #told = new Map<number, ToldOfReason>();
  #connection: Connection | undefined;
  #clockOffsetMs = 0;
  #number = 0;
  #quality: string;
  readonly #browser: Browser;
  readonly #role: Role;
  #facets: readonly FacetValue[] = [];
  #isPlaying = true;
  #rest = { fromMs: Infinity, untilMs: Infinity };
  #hasResent = false;
  #madeAtMs: number;

  constructor(private readonly options: ViewerOptions) {
    this.#madeAtMs = options.clock.nowMs;
    this.#quality = options.random.pick(qualities);
    this.#browser = options.random.pick(browsers);
    this.#role = options.random.chance(0.2) ? options.random.pick(roles) : 'viewer';
    this.#reconnect(0);
    this.#announceSoon();
  }

  /** True: it has sent anything again. */
  get hasResent(): boolean {
    return this.#hasResent;
  }

  /** Makes no more announces; what it keeps it goes on sending. */
  stop(): void {
    this.#isPlaying = false;
  }

  /** Makes no announces for a while. */
  restFrom(fromMs: number, durationMs: number): void {
    this.#rest = { fromMs, untilMs: fromMs + durationMs };
  }

  /** Its tracker died. */
  lose(tracker: TrackerNode): void {
    if (this.#connection?.tracker === tracker) this.disconnect(500, 15_000);
  }

  disconnect(msMin: number, msMax: number): void {
    if (this.#connection === undefined) return;
    this.#connection.held.release();
    this.#connection = undefined;
    this.#reconnect(this.options.random.between(msMin, msMax));
  }

  #reconnect(delayMs: number): void {
    const { clock, random, trackers, faults } = this.options;
    clock.after(delayMs, () => {
      const present = trackers();
      if (present.length === 0) {
        this.#reconnect(1_000);
        return;
      }
      const tracker = random.pick(present);
      const welcomeMs = random.below(300);
      this.#clockOffsetMs = tracker.process.clockOffsetMs - welcomeMs;
      // Another connection may be of another network, to a tracker that knows other facets.
      const held = tracker.join(drawSource(random));
      this.#facets = held.values.filter(() => random.chance(0.8));
      const connection = { tracker, clockOffsetMs: this.#clockOffsetMs, held };
      this.#connection = connection;
      if (this.options.isRestamping) this.#restamp();
      for (const announce of this.#kept.values()) {
        this.#hasResent = true;
        faults.count('announce is resent');
        this.#send(connection, announce);
      }
    });
  }

  #restamp(): void {
    const time = this.options.clock.nowMs + this.#clockOffsetMs;
    for (const [number, announce] of this.#kept) this.#kept.set(number, { ...announce, time });
  }

  #announceSoon(): void {
    const { clock, random } = this.options;
    clock.after(random.between(5_000, 14_000), () => {
      if (!this.#isPlaying) return;
      if (clock.nowMs >= this.#rest.fromMs && clock.nowMs < this.#rest.untilMs) {
        this.#madeAtMs = clock.nowMs;
        this.#announceSoon();
        return;
      }
      const announce = this.#make();
      this.#kept.set(announce.number, announce);
      this.options.onMade(announce);
      if (this.#connection !== undefined) this.#send(this.#connection, announce);
      this.#announceSoon();
    });
  }

  #send(connection: Connection, announce: Announce): void {
    const { clock, random, faults } = this.options;
    const isConnected = (): boolean => this.#connection === connection;
    const { process } = connection.tracker;
    const told = this.#told.get(announce.number);
    if (told === undefined) throw new Error(`nothing is told of ${announce.number}`);
    const link = {
      facets: this.#facets,
      answer: (answered: Announce, answer: 'acknowledged' | 'refused' | 'retry'): void => {
        if (faults.strikes('acknowledgement is lost on its way to the viewer')) {
          if (isConnected()) this.disconnect(200, 5_000);
          return;
        }
        clock.after(random.between(1, 200), () => {
          if (!isConnected()) return;
          if (answer !== 'retry') this.#kept.delete(answered.number);
          else
            clock.after(random.between(1_000, 8_000), () => this.#sendAgain(connection, answered));
        });
      },
    };
    clock.after(random.between(1, 200), () => {
      if (isConnected()) process.after(0, () => connection.tracker.receive(link, announce, told));
    });
  }

  #sendAgain(connection: Connection, announce: Announce): void {
    if (this.#connection === connection && this.#kept.has(announce.number)) {
      this.#send(connection, announce);
    }
  }

  #make(): Announce {
    const { clock, random, stream, session } = this.options;
    const stalls = random.chance(0.3) ? random.between(1, 3) : 0;
    const stalledMs = stalls === 0 ? 0 : random.between(1, 3_000);
    // All the time that passed, so that a tracker which takes it for more refuses it.
    const passedMs = clock.nowMs - this.#madeAtMs;
    const watchedMs = passedMs - stalledMs;
    this.#madeAtMs = clock.nowMs;
    if (random.chance(switchesQuality)) this.#quality = random.pick(qualities);
    const number = this.#number;
    this.#number += 1;
    const { told, ...ofReason } = drawReason(random);
    this.#told.set(number, told);
    return Object.assign(firstAnnounce({}), {
      stream,
      session,
      number,
      time: clock.nowMs + this.#clockOffsetMs,
      segment: number,
      quality: this.#quality,
      browser: this.#browser,
      watchedMs,
      stalledMs,
      stalls,
      startupMs: number === 0 || random.chance(0.1) ? random.between(100, 4_000) : null,
      cdnBytes: random.below(1_000_000),
      peerBytes: random.below(1_000_000),
      uploadedBytes: random.below(1_000_000),
      bufferLengthMs: null,
      liveLatencyMs: random.chance(0.5) ? random.below(200_000) : null,
      encodedBitrateKbps: random.chance(0.5) ? random.below(10_000) : null,
      throughputKbps: null,
      playbackRatePercent: null,
      droppedFrames: random.below(4),
      // As many as those of a kind, at least.
      errors: 1 + random.below(2),
      role: this.#role,
      failure: random.chance(0.1) ? random.pick(failures) : 'none',
      ...ofReason,
      errorsDrm: random.below(2),
      qualitySwitches: random.below(2),
      pausedMs: random.below(Math.max(1, passedMs)),
      seederBytes: random.below(1_000_000),
      connectionsTried: random.below(4),
    } as const);
  }
}
