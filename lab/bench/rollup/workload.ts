import { browsers, type FacetValue, type ToldAnnounce } from '../../../schemas/index.js';
import { seededRandom, type Random } from '../../../service/random.js';
import { madeDelivery, madeFacets, madeSession, qualities } from './made-reports.js';

/** How many announces, of how many sessions, over which streams and minutes. */
export interface WorkloadShape {
  readonly announces: number;
  readonly sessions: number;
  readonly minutes: number;
  /** One hot stream with 90 % of all and 50 small ones, or so many streams that are all alike. */
  readonly streams: 'one hot' | number;
  /** Facets that each session has. */
  readonly facets: number;
}

const hotStream = 'arena-main';
const smallStreams = 50;
const hotShare = 0.9;
const minuteMs = 60_000;
const seed = 20_260_101;

/** What must stand in the sinks for a stream and minute. */
export interface ExpectedMinute {
  announces: number;
  viewers: number;
  cdnBytes: number;
  peerBytes: number;
  watchedMs: number;
}

interface MadeSession {
  readonly stream: string;
  readonly session: Buffer;
  readonly browser: ToldAnnounce['browser'];
  readonly facets: readonly FacetValue[];
  minute: number;
}

/** Announces of all sessions in turn, evenly over the run, and their sums by stream and minute. */
export class Workload {
  readonly expected = new Map<string, ExpectedMinute>();
  readonly #sessions: readonly MadeSession[];
  readonly #random: Random = seededRandom(seed);

  constructor(
    readonly shape: WorkloadShape,
    readonly startMs: number,
  ) {
    this.#sessions = Array.from({ length: shape.sessions }, (_, index) => this.#session(index));
  }

  get endMs(): number {
    return this.startMs + this.shape.minutes * minuteMs;
  }

  get firstMinute(): number {
    return Math.floor(this.startMs / minuteMs);
  }

  /** The sessions' streams and ids, by index: announce i is of session i mod their number. */
  get sessions(): readonly { readonly stream: string; readonly session: Buffer }[] {
    return this.#sessions;
  }

  announce(index: number): ToldAnnounce {
    const random = this.#random;
    const below = (bound: number): number => Math.floor(random() * bound);
    const one = this.#sessions[index % this.#sessions.length];
    if (one === undefined) throw new Error('no session');
    const isStalled = random() < 0.05;
    const number = Math.floor(index / this.#sessions.length);
    const { announces, minutes } = this.shape;
    const made: ToldAnnounce = Object.assign(madeDelivery(below), {
      stream: one.stream,
      session: one.session,
      number,
      time: this.startMs + Math.floor((index / announces) * minutes * minuteMs),
      segment: 100_000 + number * 2,
      // Few change their quality: a viewer moves to another cell now and then.
      quality: qualities[(one.session[0] ?? 0) % (random() < 0.1 ? 3 : 5)] ?? 'other',
      browser: one.browser,
      facets: one.facets,
      state: isStalled ? 'rebuffering' : 'playing',
      watchedMs: 12_000 - below(50),
      stalledMs: isStalled ? below(3_000) : 0,
      stalls: isStalled ? 1 : 0,
      startupMs: number === 0 ? 200 + below(2_000) : null,
    } as const);
    this.#expect(one, made);
    return made;
  }

  #expect(one: MadeSession, made: ToldAnnounce): void {
    const minute = Math.floor(made.time / minuteMs);
    const key = `${made.stream} ${minute}`;
    let sums = this.expected.get(key);
    if (sums === undefined) {
      sums = { announces: 0, viewers: 0, cdnBytes: 0, peerBytes: 0, watchedMs: 0 };
      this.expected.set(key, sums);
    }
    sums.announces += 1;
    sums.cdnBytes += made.cdnBytes;
    sums.peerBytes += made.peerBytes;
    sums.watchedMs += made.watchedMs;
    if (one.minute !== minute) sums.viewers += 1;
    one.minute = minute;
  }

  #session(index: number): MadeSession {
    const random = this.#random;
    const session = madeSession(random);
    const { streams } = this.shape;
    const small = `studio-${Math.floor(random() * smallStreams)}`;
    const hotOrSmall = random() < hotShare ? hotStream : small;
    const stream = streams === 'one hot' ? hotOrSmall : `channel-${index % streams}`;
    const browser = browsers[Math.floor(random() * browsers.length)] ?? 'Other';
    const facets = madeFacets(random, this.shape.facets);
    return { stream, session, browser, facets, minute: -1 };
  }
}
