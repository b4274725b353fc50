import type { PackedPartials, Progress } from '../../schemas/index.js';
import type { CommitPoint } from '../commit-point.js';
import { RetainedMinutes } from '../retained-minutes.js';
import { MinuteTotals, type TotalsSharing } from './minute-totals.js';

/**
 * A minute that not all partitions have closed is written this long after its first partial all the
 * same.
 */
const holdBackMs = 20_000;

/**
 * Idle minutes that are told at once when many close together: two days of 60 s. Before them, after
 * a longer outage, it stays unknown who watched.
 */
export const idleMinutesMax = 2_880;

/** Where nobody else reads the same. */
const alone: TotalsSharing = {
  take: () => undefined,
  keep: () => undefined,
  forgetBefore: () => undefined,
};

/**
 * Stage 2 of one partition of `rollup-partials`: keeps per minute, stream and input partition the
 * highest version, and how far each input partition has got
 * (docs/exactness.md#the-highest-version-counts, docs/exactness.md#dropped-in-order). A pure
 * function of the records applied since the start.
 */
export class PartitionTotals {
  readonly #retained: RetainedMinutes<MinuteTotals>;
  readonly #closedBefore: number[];
  readonly #finalBefore: number[];
  #knownFrom: number;

  constructor(
    inputPartitions: number,
    start: CommitPoint,
    private readonly sharing: TotalsSharing = alone,
  ) {
    this.#retained = new RetainedMinutes(start);
    this.#knownFrom = start.exactFrom;
    this.#closedBefore = new Array<number>(inputPartitions).fill(0);
    this.#finalBefore = new Array<number>(inputPartitions).fill(0);
  }

  /** The version of every total as of now. */
  get nextOffset(): number {
    return this.#retained.nextOffset;
  }

  get exactFrom(): number {
    return this.#retained.exactFrom;
  }

  /** Every minute below this one is closed in all input partitions. */
  get closedBefore(): number {
    return Math.min(...this.#closedBefore);
  }

  /** Every minute below this one is final in all input partitions. */
  get finalBefore(): number {
    return Math.min(...this.#finalBefore);
  }

  /** The input partition, or one of those, for which minutes that aren't final wait. */
  get slowestInput(): number {
    return this.#finalBefore.indexOf(this.finalBefore);
  }

  /** The retained minutes, lowest first. */
  minutes(): number[] {
    return Array.from(this.#retained.entries(), ([minute]) => minute).sort(
      (left, right) => left - right,
    );
  }

  minute(minute: number): MinuteTotals | undefined {
    return this.#retained.get(minute);
  }

  /**
   * The closed minutes of which no partition has anything, lowest first: in them nobody watched
   * (docs/exactness.md#zero-is-told). Those that aren't dropped yet, `idleMinutesMax` at most.
   */
  idleMinutes(): number[] {
    const { closedBefore } = this;
    if (this.#knownFrom === 0) return [];
    const from = Math.max(this.exactFrom, this.#knownFrom, closedBefore - idleMinutesMax);
    const idle: number[] = [];
    for (let minute = from; minute < closedBefore; minute += 1) {
      if (this.#retained.get(minute) === undefined) idle.push(minute);
    }
    return idle;
  }

  /** Minutes that are retained and not final. */
  unfinal(): number {
    return this.#retained.size - this.finalWaiting();
  }

  /** Minutes that are final and not dropped yet. */
  finalWaiting(): number {
    return this.#retained.finalWaiting(this.finalBefore);
  }

  /**
   * True: the cluster has the input partition. Not so of a record of another cluster's settings: it
   * can't be applied.
   */
  hasInputPartition(inputPartition: number): boolean {
    return inputPartition >= 0 && inputPartition < this.#closedBefore.length;
  }

  applyPartials(offset: number, logAppendTimeMs: number, batch: PackedPartials): void {
    this.#retained.advance(offset);
    if (batch.minute < this.exactFrom) return;
    let minute = this.#retained.get(batch.minute);
    if (minute === undefined) {
      minute = new MinuteTotals(offset, logAppendTimeMs, this.sharing);
      this.#retained.set(batch.minute, minute);
    }
    for (const stream of batch.streams) {
      minute.apply(stream, this.nextOffset);
    }
  }

  applyProgress(offset: number, progress: Progress): void {
    this.#retained.advance(offset);
    raise(this.#closedBefore, progress.inputPartition, progress.closedBefore);
    raise(this.#finalBefore, progress.inputPartition, progress.finalBefore);
    // Without a commit nothing says when the cluster began: what is final then lies before it.
    if (this.#knownFrom === 0) this.#knownFrom = this.finalBefore;
  }

  skip(offset: number): void {
    this.#retained.advance(offset);
  }

  /** True: it is time to write the minute: closed by all, or held back long enough. */
  isDue(minute: number, nowMs: number): boolean {
    const totals = this.#retained.get(minute);
    if (totals === undefined) return false;
    return minute < this.closedBefore || nowMs >= totals.firstLogAppendTimeMs + holdBackMs;
  }

  /**
   * Drops final minutes in order, as long as `isTaken` says that the sink took them, and none from
   * `untoldFrom` on. Returns the minutes that were dropped.
   */
  dropTaken(isTaken: (minute: number) => boolean, untoldFrom = Infinity): number[] {
    const finalBefore = Math.min(this.finalBefore, untoldFrom);
    const final = this.minutes().filter((minute) => minute < finalBefore);
    const kept = final.find((minute) => !isTaken(minute)) ?? finalBefore;
    this.#retained.dropBefore(kept);
    const dropped = final.filter((minute) => minute < kept);
    if (dropped.length > 0) this.sharing.forgetBefore(kept);
    return dropped;
  }

  commitPoint(): CommitPoint {
    return this.#retained.commitPoint();
  }
}

function raise(values: number[], index: number, value: number): void {
  values[index] = Math.max(values[index] ?? 0, value);
}
