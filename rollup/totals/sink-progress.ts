import { allStreams, isSaturated } from '../../schemas/index.js';
import type { MinuteWrite, Sink, WriteReceipt } from '../sinks/sink.js';
import type { SetAside } from '../set-aside.js';
import type { Setbacks } from '../setbacks.js';
import type { StreamTotal } from './minute-totals.js';
import type { PartitionTotals } from './partition-totals.js';
import { hasPassed } from '../../service/has-passed.js';

/** A minute is written again at most this often. */
const rewriteIntervalMs = 1_000;
/**
 * A minute becomes final about when another one closes, which comes first: the last write is due so
 * much later.
 */
const lastWriteDelayMs = 5_000;

interface WrittenMinute {
  readonly epoch: number;
  /** What changed up to this version has been handed over. */
  version: number;
  receipts: WriteReceipt[];
  writtenAtMs: number;
  /** When it was seen to be final. */
  finalAtMs: number;
  isLast: boolean;
  /** True: it was written when it was closed. */
  isClosed: boolean;
}

/** What the owner of a partition may do at this moment. */
export interface Permission {
  readonly nowMs: number;
  /** Has read what stood in the log when it became the owner. */
  readonly isCaughtUp: boolean;
  /** Heard of the coordinator within the session time-out. */
  readonly isAlive: boolean;
  /** Has been the owner for `takeover_seconds`. */
  readonly isSettled: boolean;
}

export interface SinkProgressOptions {
  /** Of `rollup-partials`. */
  readonly partition: number;
  /** True: the figures over all streams are in this partition. */
  readonly hasAllStreams: boolean;
  readonly setbacks: Setbacks;
  readonly setAside: SetAside;
}

/** Told of what was handed over, for metrics. */
export interface Written {
  readonly minute: number;
  readonly streams: number;
  readonly isFirst: boolean;
  /** True: all input partitions have closed it. */
  readonly isClosed: boolean;
  /** Streams of which a sum would be larger than it can be. */
  readonly saturated: readonly string[];
}

/**
 * How far one sink has got with the totals of one partition, and what it is given next
 * (docs/exactness.md#sinks-overwrite). Time comes in with the permission; what is written follows
 * from the totals alone.
 */
export class SinkProgress {
  readonly #minutes = new Map<number, WrittenMinute>();
  /** True: it is told of each minute that closed, also where nobody watched. */
  readonly #tellsClosed: boolean;

  constructor(
    readonly sink: Sink,
    private readonly totals: PartitionTotals,
    private readonly options: SinkProgressOptions,
  ) {
    this.#tellsClosed = !sink.isVersioned;
  }

  /** Hands over all that is due; stops at the first write that the sink doesn't take. */
  advance(permission: Permission): Written[] {
    const written: Written[] = [];
    if (!this.sink.isVersioned && !permission.isAlive) return written;
    for (const minute of this.#candidates()) {
      const write = this.#dueWrite(minute, permission);
      if (write === undefined) continue;
      const receipt = this.sink.write(write.minuteWrite);
      if (receipt === undefined) break;
      written.push(this.#record(minute, write, receipt, permission.nowMs));
      this.totals.minute(this.sink.isVersioned ? minute : minute - 1)?.forgetTotals();
    }
    return written;
  }

  /** True: the sink has the final minute for good. */
  isTaken(minute: number): boolean {
    const written = this.#minutes.get(minute);
    if (written === undefined) return false;
    if (written.epoch !== this.sink.epoch) return false;
    if (!this.sink.isVersioned && !written.isLast) return false;
    if ((this.totals.minute(minute)?.lastChangedAt ?? -1) > written.version) return false;
    written.receipts = written.receipts.filter((receipt) => !receipt.isTaken());
    return written.receipts.length === 0;
  }

  /** The first final minute in which nobody watched that the sink hasn't been told for good. */
  get untoldFrom(): number {
    if (!this.#tellsClosed) return Infinity;
    const { finalBefore } = this.totals;
    const untold = this.totals
      .idleMinutes()
      .find((minute) => minute >= finalBefore || !this.isTaken(minute));
    return untold ?? Infinity;
  }

  /** Minutes below are dropped. */
  forgetBefore(exactFrom: number): void {
    for (const minute of this.#minutes.keys()) if (minute < exactFrom) this.#minutes.delete(minute);
  }

  /**
   * Retained minutes, and where it is told of them closed ones that have nothing. Those that fall
   * to zero are among these also where it isn't known when the cluster began.
   */
  #candidates(): number[] {
    const minutes = this.totals.minutes();
    if (!this.#tellsClosed) return minutes;
    const { closedBefore } = this.totals;
    const falling = minutes
      .map((minute) => minute + 1)
      .filter((minute) => minute < closedBefore && this.totals.minute(minute) === undefined);
    const empty = new Set([...this.totals.idleMinutes(), ...falling]);
    return [...minutes, ...empty].sort((left, right) => left - right);
  }

  #dueWrite(minute: number, permission: Permission): DueWrite | undefined {
    const { closedBefore, finalBefore } = this.totals;
    const isFinal = minute < finalBefore;
    if (!permission.isCaughtUp && !isFinal) return undefined;
    const totals = this.totals.minute(minute);
    if (totals !== undefined && !this.totals.isDue(minute, permission.nowMs)) return undefined;
    let written = this.#minutes.get(minute);
    if (written !== undefined && written.epoch !== this.sink.epoch) {
      this.#minutes.delete(minute);
      written = undefined;
    }
    const { nowMs } = permission;
    if (written !== undefined && !hasPassed(rewriteIntervalMs, written.writtenAtMs, nowMs)) {
      return undefined;
    }
    if (isFinal && written?.finalAtMs === Infinity) written.finalAtMs = permission.nowMs;
    const isLast =
      !this.sink.isVersioned &&
      isFinal &&
      permission.isSettled &&
      written?.isLast !== true &&
      permission.nowMs - (written?.finalAtMs ?? -Infinity) >= lastWriteDelayMs;
    const isClosed = this.#tellsClosed && minute < closedBefore;
    const closesNow = isClosed && written?.isClosed !== true;
    const isWhole = written === undefined || isLast || closesNow;
    const writtenVersion = isWhole ? -1 : (written?.version ?? -1);
    if (!isWhole && (totals?.lastChangedAt ?? -1) <= writtenVersion) return undefined;
    const streams = [...(totals?.streams() ?? [])].filter(
      (stream) => (totals?.changedAt(stream) ?? -1) > writtenVersion,
    );
    const closes = isWhole && isClosed;
    const known = streams.flatMap((stream) => this.#totalOf(minute, stream) ?? []);
    // In a closed minute what is absent is 0, which nobody knows of what was set aside.
    const isKnown = known.length === streams.length;
    const minuteWrite: MinuteWrite = {
      minute,
      version: this.totals.nextOffset,
      totals: this.#withZeros(minute, known, closes),
      previous: this.#previous(minute, streams, closes),
      ...(closes && isKnown ? { closedBy: this.options.partition } : {}),
    };
    return { minuteWrite, isLast, closes };
  }

  /** The totals, and that of all streams as nothing where there is none. */
  #withZeros(minute: number, totals: StreamTotal[], withZeros: boolean): StreamTotal[] {
    const changedAt = this.totals.minute(minute)?.changedAt(allStreams) ?? -1;
    const isZero = this.options.hasAllStreams && withZeros && changedAt === -1;
    return isZero ? [...totals, { stream: allStreams, cells: [] }] : totals;
  }

  /** A total that can't be added up, however often, is set aside; undefined: as this one is. */
  #totalOf(minute: number, stream: string): StreamTotal | undefined {
    if (this.totals.minute(minute)?.isSetAside(stream) === true) return undefined;
    const { setbacks } = this.options;
    const where = `${this.sink.name} ${stream}`;
    try {
      const total = this.totals.minute(minute)?.total(stream);
      setbacks.passed(where, minute);
      return total ?? { stream, cells: [] };
    } catch (error) {
      setbacks.add(where, minute, error);
      if (setbacks.refusal(where, minute) === undefined) throw error;
      this.options.setAside({ where: this.sink.name, stream, minute, error });
      return undefined;
    }
  }

  #previous(
    minute: number,
    streams: readonly string[],
    withGone: boolean,
  ): ReadonlyMap<string, StreamTotal> {
    const previous = new Map<string, StreamTotal>();
    const before = this.totals.minute(minute - 1);
    if (this.sink.isVersioned || before === undefined) return previous;
    const present = this.totals.minute(minute);
    const wanted = new Set(streams);
    for (const stream of before.streams()) {
      const isGone = withGone && (present?.changedAt(stream) ?? -1) === -1;
      const total = wanted.has(stream) || isGone ? this.#totalOf(minute - 1, stream) : undefined;
      if (total !== undefined) previous.set(stream, total);
    }
    return previous;
  }

  #record(minute: number, write: DueWrite, receipt: WriteReceipt, nowMs: number): Written {
    const present = this.#minutes.get(minute);
    const written = present ?? {
      epoch: this.sink.epoch,
      version: -1,
      receipts: [],
      writtenAtMs: nowMs,
      finalAtMs: minute < this.totals.finalBefore ? nowMs : Infinity,
      isLast: false,
      isClosed: false,
    };
    written.version = write.minuteWrite.version;
    written.receipts = written.receipts.filter((earlier) => !earlier.isTaken());
    written.receipts.push(receipt);
    written.writtenAtMs = nowMs;
    written.isLast ||= write.isLast;
    written.isClosed ||= write.closes;
    this.#minutes.set(minute, written);
    const { totals } = write.minuteWrite;
    const saturated = totals.filter(({ cells }) => cells.some(isSaturated));
    return {
      minute,
      streams: totals.length,
      isFirst: present === undefined,
      isClosed: minute < this.totals.closedBefore,
      saturated: saturated.map(({ stream }) => stream),
    };
  }
}

interface DueWrite {
  readonly minuteWrite: MinuteWrite;
  readonly isLast: boolean;
  /** True: it is the whole of a minute that is closed, for a sink that is told. */
  readonly closes: boolean;
}
