import { setImmediate } from 'node:timers/promises';
import type { ReadableColumns } from '../../graphite/index.js';
import { portalLimits } from '../limits.js';
import type { StreamCatalog } from '../stream-catalog.js';
import { freshnessOf, type ClosedMinutes, type ClosedReader } from './closed-minutes.js';
import { partitionOfSubject, type Naming } from './known-steps.js';
import { latestMinute, type LatestMinute, type LatestRow } from './latest-minute.js';
import { stateOf, type FiguresState } from './metrics-reader.js';
import { offloadOf } from './offload.js';

/**
 * `unread`: this process has just begun or hadn't read for minutes, and is still reading the
 * figures of all streams.
 */
export type NowState = FiguresState | 'unread';

/** A subject's latest minute, and its viewers in the minutes before. */
export interface NowValues extends LatestRow {
  readonly state: NowState;
  /** Up to here its figures are known; null: none are. */
  readonly closedUntilMs: number | null;
  /** Peer bytes among all bytes that were received, 0 … 1; null when none were. */
  readonly offload: number | null;
}

/** The latest figures of all streams: the same object as long as they stand. */
export interface NowFigures {
  /** The end of the last minute that each partition has closed; null: none lately. */
  readonly untilMs: readonly (number | null)[];
  readonly intervalMs: number;
  /** Starts of the minutes of `viewersHistory`. */
  readonly times: readonly number[];
  readonly total: NowValues;
  /** Of a stream of the catalog. */
  readonly of: (stream: string) => NowValues;
  /** Names of series that Graphite has and can't read, of those that were asked for. */
  readonly unreadable: readonly string[];
}

export interface LiveFiguresOptions extends Naming {
  readonly columns: ReadableColumns;
  readonly closed: ClosedReader;
  readonly catalog: Pick<StreamCatalog, 'streams' | 'registeredAtMs' | 'hadPredecessor'>;
  readonly now: () => number;
}

/** A look at all streams that is under way: what is told of it first, and all of it. */
interface Look {
  readonly first: Promise<LatestMinute>;
  readonly whole: Promise<LatestMinute>;
  readonly progress: Progress;
}

/** What a look has read until now. */
interface Progress {
  soFar?: LatestMinute;
}

const noRows: LatestMinute['rows'] = new Map();

/**
 * The latest figures of all streams, read for all that ask together. With many streams that takes
 * seconds: then who asks is told what is there already, and how far it goes.
 */
export class LiveFigures {
  /** What was read last; not all of it as long as nothing else has been. */
  #latest: LatestMinute | undefined;
  #look: Look | undefined;
  #lookMs = 0;
  /** What was told last, and how the partitions stood. */
  #told:
    | { readonly latest: LatestMinute; readonly standing: string; readonly figures: NowFigures }
    | undefined;

  constructor(private readonly options: LiveFiguresOptions) {}

  /** Reads them once a minute has been closed, so that nobody waits. Rejects as `now` does. */
  async refresh(): Promise<void> {
    const closed = await this.options.closed.get();
    if (this.#latest?.furthestMs !== closed.furthestMs) await this.#readFor(closed);
  }

  /** Rejects with AppError `graphite_unavailable`. */
  async now(): Promise<NowFigures> {
    const closed = await this.options.closed.get();
    const latest = await this.#readFor(closed);
    const standing = this.#standingOf(closed);
    const told = this.#told;
    if (told?.latest === latest && told.standing === standing) return told.figures;
    const figures = this.#figuresOf(latest, closed);
    this.#told = { latest, standing, figures };
    return figures;
  }

  #standingOf(closed: ClosedMinutes): string {
    const { intervalMs } = this.options;
    const { untilMs } = closed;
    return untilMs.map((until, at) => `${until} ${freshnessOf(closed, at, intervalMs)}`).join();
  }

  #figuresOf(latest: LatestMinute, closed: ClosedMinutes): NowFigures {
    const { intervalMs } = this.options;
    const { times, unreadable } = latest;
    const rows = this.#isLongAgo(latest, closed.furthestMs) ? noRows : latest.rows;
    const nothing = closed.untilMs.map((_, at) => this.#nothingOf(at, times, closed));
    const newValuesOf = (stream: string | undefined): NowValues => {
      const partition = partitionOfSubject(stream, this.options);
      const freshness = freshnessOf(closed, partition, intervalMs);
      const ofNone = nothing[partition] ?? this.#nothingOf(partition, times, closed);
      const row = rows.get(stream);
      if (row === undefined) return ofNone;
      const { closedUntilMs } = ofNone;
      if (freshness !== 'fresh') return { ...ofNone, viewersHistory: row.viewersHistory };
      const offload = offloadOf(row.cdnBytes, row.peerBytes);
      return { ...row, state: stateOf(freshness, row.viewers), closedUntilMs, offload };
    };
    const known = new Map<string | undefined, NowValues>();
    const valuesOf = (stream: string | undefined): NowValues => {
      const values = known.get(stream) ?? newValuesOf(stream);
      known.set(stream, values);
      return values;
    };
    const { untilMs } = closed;
    return { untilMs, intervalMs, times, total: valuesOf(undefined), of: valuesOf, unreadable };
  }

  /** What is told of a stream of which nothing was read. */
  #nothingOf(partition: number, times: readonly number[], closed: ClosedMinutes): NowValues {
    const { intervalMs } = this.options;
    const freshness = freshnessOf(closed, partition, intervalMs);
    const closedUntilMs = closed.untilMs[partition] ?? null;
    return {
      state: freshness === 'fresh' ? 'unread' : freshness,
      closedUntilMs,
      viewers: null,
      viewersByQuality: {},
      cdnBytes: null,
      peerBytes: null,
      offload: null,
      minuteAtMs: closedUntilMs === null ? null : closedUntilMs - intervalMs,
      viewersHistory: times.map(() => null),
    };
  }

  async #readFor(closed: ClosedMinutes): Promise<LatestMinute> {
    const present = this.#latest;
    if (present !== undefined && !this.#isOld(present, closed)) return present;
    const look = (this.#look ??= this.#begin(closed));
    const isWhole = present?.unread === 0;
    if (isWhole && this.#lookMs <= portalLimits.refreshMsMax) return await look.whole;
    if (present !== undefined && !this.#isLongAgo(present, closed.furthestMs)) return present;
    // Nobody waits for seconds, or is told of long ago: it is as after a start.
    const first = await look.first;
    return look.progress.soFar ?? first;
  }

  /** Whether figures are so old that they aren't told as those of now. */
  #isLongAgo({ furthestMs }: LatestMinute, nowMs: number | null): boolean {
    const { intervalMs } = this.options;
    const { staleAfterMinutes } = portalLimits;
    const behindMsMax = Math.min(intervalMs + this.#lookMs, staleAfterMinutes * intervalMs);
    return (nowMs ?? 0) - (furthestMs ?? 0) > behindMsMax;
  }

  #isOld({ atMs, furthestMs, streams, unread }: LatestMinute, closed: ClosedMinutes): boolean {
    if (furthestMs !== closed.furthestMs || unread > 0) return true;
    if (streams !== this.options.catalog.streams().length) return true;
    const ageMs = this.options.now() - atMs;
    const { nowValuesAgeMsMax, refreshShare } = portalLimits;
    return ageMs >= Math.max(nowValuesAgeMsMax, refreshShare * this.#lookMs);
  }

  #begin(closed: ClosedMinutes): Look {
    const startedAtMs = this.options.now();
    const parts = latestMinute(this.options, closed);
    const progress: Progress = {};
    const first = this.#next(parts, progress);
    const readOn = async (): Promise<LatestMinute> => {
      try {
        let latest = await first;
        while (latest.unread > 0) {
          // Who waits for what is there already is answered first.
          await setImmediate();
          latest = await this.#next(parts, progress);
        }
        this.#lookMs = this.options.now() - startedAtMs;
        return latest;
      } finally {
        this.#look = undefined;
      }
    };
    const whole = readOn();
    // Its failure is told to who asks when there is nothing newer to be told.
    whole.catch(() => undefined);
    return { first, whole, progress };
  }

  async #next(
    parts: AsyncGenerator<LatestMinute, void>,
    progress: Progress,
  ): Promise<LatestMinute> {
    const { value } = await parts.next();
    if (value === undefined) throw new Error('a look ends with what has nothing unread');
    progress.soFar = value;
    const latest = this.#latest;
    const isMore = value.unread <= (latest?.unread ?? Infinity);
    if (latest === undefined || isMore || this.#isLongAgo(latest, value.furthestMs)) {
      this.#latest = value;
    }
    return value;
  }
}
