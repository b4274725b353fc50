import {
  AnnounceColumns,
  isInTime,
  minuteOf,
  type AnnounceBatch,
  type MinuteTimes,
  type Mark,
  type StreamCells,
} from '../../schemas/index.js';
import type { CommitPoint } from '../commit-point.js';
import { RetainedMinutes } from '../retained-minutes.js';
import { LogClock } from './log-clock.js';
import { MinuteCells } from './minute-cells.js';

/**
 * What is to be sent for one minute: absolute cells as of the plan's version, as long as nothing
 * more is applied. To be gone through once, since each is made then: a plan holds none of them.
 */
export interface MinutePartial {
  readonly minute: number;
  readonly streams: Iterable<StreamCells>;
}

/** A send as of one version. */
export interface PartialsPlan {
  readonly version: number;
  readonly minutes: readonly MinutePartial[];
  readonly closedBefore: number;
  readonly finalBefore: number;
}

/** How many announces a batch added, and how many it didn't and why. */
export interface Applied {
  counted: number;
  copies: number;
  notInTime: number;
  /** Of minutes before `exactFrom`: handled by an earlier owner. */
  ignored: number;
}

/**
 * What a first minute is like. It is always there: V8 drops the code compiled for objects of which
 * none is left, as when nobody watches, and would have to learn it again under the next load.
 */
const emptyMinute = new MinuteCells(0, 0);

/**
 * Stage 1 of one input partition: a pure function of the records applied since the start, from
 * docs/exactness.md#every-offset-once to docs/exactness.md#partials-then-progress, and
 * docs/exactness.md#dropped-in-order. No clock, no registry, no random.
 */
export class PartitionMinutes {
  readonly #retained: RetainedMinutes<MinuteCells>;
  readonly #clock: LogClock;
  #columns: AnnounceColumns | undefined;

  /**
   * `exactFrom`: the first minute that is exact and not dropped by an earlier owner. `hashSeed`:
   * any number; what is computed doesn't depend on it.
   */
  constructor(
    private readonly times: MinuteTimes,
    start: CommitPoint,
    private readonly hashSeed = 0,
  ) {
    this.#retained = new RetainedMinutes(start);
    this.#clock = new LogClock(times);
  }

  get nextOffset(): number {
    return this.#retained.nextOffset;
  }

  get exactFrom(): number {
    return this.#retained.exactFrom;
  }

  /** How far time has passed in the log; −Infinity before the first record. */
  get logTimeMs(): number {
    return this.#clock.timeMs;
  }

  get openMinutes(): number {
    return this.#retained.size;
  }

  closedBefore(): number {
    return this.#clock.closedBefore();
  }

  /** Minutes that are final and not dropped yet. */
  finalWaiting(): number {
    return this.#retained.finalWaiting(this.#clock.finalBefore());
  }

  sessions(): number {
    let sessions = 0;
    for (const [, minute] of this.#retained.entries()) sessions += minute.sessions();
    return sessions;
  }

  /** A decoded batch: as `applyColumns`, by way of columns of our own. */
  applyBatch(offset: number, logAppendTimeMs: number, batch: AnnounceBatch): Applied {
    this.#columns ??= new AnnounceColumns();
    this.#columns.fill(batch);
    return this.applyColumns(offset, logAppendTimeMs, this.#columns);
  }

  /** Applies a batch, all of whose announces have been read and found within their bounds. */
  applyColumns(offset: number, logAppendTimeMs: number, columns: AnnounceColumns): Applied {
    this.#retained.advance(offset);
    const applied: Applied = { counted: 0, copies: 0, notInTime: 0, ignored: 0 };
    const { intervalMs } = this.times;
    const { exactFrom, nextOffset } = this.#retained;
    const { count, times } = columns;
    for (let from = 0, to = 0; from < count; from = to) {
      const minute = minuteOf(times[from] ?? 0, intervalMs);
      do to += 1;
      while (to < count && minuteOf(times[to] ?? 0, intervalMs) === minute);
      if (minute < exactFrom) applied.ignored += to - from;
      else if (isInTime(minute, logAppendTimeMs, this.times)) {
        const counted = this.#minute(minute, offset).add(columns, from, to, nextOffset);
        applied.counted += counted;
        applied.copies += to - from - counted;
      } else applied.notInTime += to - from;
    }
    this.#clock.advance(columns.written, logAppendTimeMs);
    return applied;
  }

  applyMark(offset: number, logAppendTimeMs: number, mark: Mark): void {
    this.#retained.advance(offset);
    this.#clock.advance(mark.written, logAppendTimeMs);
  }

  /** A record that cannot be read holds nothing. */
  skip(offset: number): void {
    this.#retained.advance(offset);
  }

  /** What closed minutes have that isn't acknowledged, in the order of minutes. */
  plan(): PartialsPlan {
    const closedBefore = this.#clock.closedBefore();
    const minutes: MinutePartial[] = [];
    for (const [minute, cells] of this.#retained.entries()) {
      if (minute >= closedBefore) continue;
      if (cells.hasChanged) minutes.push({ minute, streams: cells.changed() });
    }
    minutes.sort((left, right) => left.minute - right.minute);
    return {
      version: this.#retained.nextOffset,
      minutes,
      closedBefore,
      finalBefore: this.#clock.finalBefore(),
    };
  }

  /** The plan's cells are acknowledged. */
  acknowledgeCells(plan: PartialsPlan): void {
    for (const { minute } of plan.minutes) {
      this.#retained.get(minute)?.acknowledge(plan.version);
    }
  }

  /** The plan's cells and its progress are acknowledged: final minutes are dropped, in order. */
  dropFinal(plan: PartialsPlan): void {
    this.#retained.dropBefore(plan.finalBefore);
  }

  /** From where another owner gets the same minutes ≥ exactFrom. */
  commitPoint(): CommitPoint {
    return this.#retained.commitPoint();
  }

  #minute(minute: number, offset: number): MinuteCells {
    let cells = this.#retained.get(minute);
    if (cells === undefined) {
      const like = this.#retained.get(minute - 1) ?? emptyMinute;
      cells = new MinuteCells(offset, this.hashSeed, like);
      this.#retained.set(minute, cells);
    }
    return cells;
  }
}
