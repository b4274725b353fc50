import type { MinuteRow } from '../../clickhouse/index.js';
import type { LogRecord } from '../../kafka/index.js';
import type { ClusterSettings } from '../../registry/index.js';
import { LogClock } from '../../rollup/partials/log-clock.js';
import type { MinuteWrite } from '../../rollup/sinks/sink.js';
import {
  codec,
  isInTime,
  minuteOf,
  topics,
  type Cell,
  type PartialBatch,
  type Progress,
} from '../../schemas/index.js';
import type { AsTold } from './as-told.js';
import { rowKey } from './versioned-table.js';

/**
 * A minute that not all have closed is held back this long
 * (docs/exactness.md#the-highest-version-counts).
 */
const holdBackMs = 20_000;
/** More of them say nothing new. */
const violationsMax = 5;

/** Who hands a minute to a sink. */
export interface WritingOwner {
  readonly nowMs: number;
  /** Of `rollup-partials`. */
  readonly partition: number;
  /** Where its log ended when it was assigned. */
  readonly endOffset: number;
}

interface PartialsSeen {
  readonly closedBefore: number[];
  readonly finalBefore: number[];
  /** The least of `closedBefore` and of `finalBefore` after each offset. */
  readonly closedByOffset: number[];
  readonly finalByOffset: number[];
  readonly firstPartialMs: Map<number, number>;
}

/** What always holds (docs/exactness.md#the-promise), checked at every record, write and row. */
export class Invariants {
  readonly violations: string[] = [];
  readonly #logClocks: readonly LogClock[];
  readonly #contents = new Map<string, readonly Cell[]>();
  readonly #rows = new Map<string, MinuteRow>();
  readonly #partials: readonly PartialsSeen[];

  constructor(
    private readonly cluster: ClusterSettings,
    private readonly asTold: AsTold,
  ) {
    const { partitions, partialPartitions } = cluster;
    this.#logClocks = Array.from({ length: partitions }, () => new LogClock(cluster));
    this.#partials = Array.from({ length: partialPartitions }, () => ({
      closedBefore: new Array<number>(partitions).fill(0),
      finalBefore: new Array<number>(partitions).fill(0),
      closedByOffset: [],
      finalByOffset: [],
      firstPartialMs: new Map<number, number>(),
    }));
  }

  violate(what: string): void {
    if (this.violations.length < violationsMax) this.violations.push(what);
  }

  appended(topic: string, record: LogRecord): void {
    if (topic === topics.announces) this.#announcesAppended(record);
    else if (topic === topics.partials) this.#partialsAppended(record);
  }

  /** Stage 2 hands a minute to a sink. */
  written(sink: string, write: MinuteWrite, { nowMs, partition, endOffset }: WritingOwner): void {
    const seen = this.#partials[partition];
    const { minute, version } = write;
    const isClosed = minute < (seen?.closedByOffset[version - 1] ?? 0);
    const firstMs = seen?.firstPartialMs.get(minute) ?? Infinity;
    if (!isClosed && nowMs < firstMs + holdBackMs) {
      this.violate(`held back: ${sink} was given minute ${minute} of ${partition} too early`);
    }
    const isFinal = minute < (seen?.finalByOffset[version - 1] ?? 0);
    if (!isFinal && version < endOffset) {
      this.violate(`caught up: ${sink} was given minute ${minute} of ${partition} before`);
    }
  }

  inserted(rows: readonly MinuteRow[]): void {
    for (const row of rows) {
      const key = `${rowKey(row)} ${row.version}`;
      const before = this.#rows.get(key);
      if (before === undefined) this.#rows.set(key, row);
      else if (before !== row && JSON.stringify(before) !== JSON.stringify(row)) {
        this.violate(`versions: two contents of the row ${key}`);
      }
    }
  }

  #announcesAppended(record: LogRecord): void {
    const { value } = record;
    const decoded = codec().decode(value);
    const clock = this.#logClocks[record.partition];
    if (value === null || !decoded.ok || clock === undefined) return;
    if (decoded.record.type === 'AnnounceBatch') {
      const { written, announces } = decoded.record.value;
      for (const { time } of announces) this.#checkFinal(clock, time, record);
      this.asTold.appended(decoded.record.value, codec().isOlder(value));
      clock.advance(written, record.logAppendTimeMs);
    } else if (decoded.record.type === 'Mark') {
      clock.advance(decoded.record.value.written, record.logAppendTimeMs);
    }
  }

  #partialsAppended({ partition, logAppendTimeMs, value }: LogRecord): void {
    const seen = this.#partials[partition];
    if (seen === undefined) return;
    const decoded = codec().decode(value);
    if (decoded.ok && decoded.record.type === 'PartialBatch') {
      const { minute } = decoded.record.value;
      if (!seen.firstPartialMs.has(minute)) seen.firstPartialMs.set(minute, logAppendTimeMs);
      this.#checkVersions(decoded.record.value);
    } else if (decoded.ok && decoded.record.type === 'Progress') {
      raise(seen, decoded.record.value);
    }
    seen.closedByOffset.push(Math.min(...seen.closedBefore));
    seen.finalByOffset.push(Math.min(...seen.finalBefore));
  }

  #checkFinal(clock: LogClock, timeMs: number, { partition, offset, logAppendTimeMs }: LogRecord) {
    const minute = minuteOf(timeMs, this.cluster.intervalMs);
    if (minute < clock.finalBefore() && isInTime(minute, logAppendTimeMs, this.cluster)) {
      this.violate(`final is final: in time for ${minute} at ${partition}/${offset}`);
    }
  }

  #checkVersions({ inputPartition, minute, version, streams }: PartialBatch): void {
    for (const { stream, cells } of streams) {
      const key = `${inputPartition}/${minute}/${stream}/${version}`;
      const before = this.#contents.get(key);
      if (before === undefined) this.#contents.set(key, cells);
      else if (contentOf(before) !== contentOf(cells)) {
        this.violate(`versions: two contents of the partial ${key}`);
      }
    }
  }
}

function contentOf(cells: readonly Cell[]): string {
  return cells
    .map((cell) => JSON.stringify(cell))
    .sort()
    .join();
}

function raise(seen: PartialsSeen, { inputPartition, closedBefore, finalBefore }: Progress): void {
  const closed = seen.closedBefore[inputPartition] ?? 0;
  const final = seen.finalBefore[inputPartition] ?? 0;
  seen.closedBefore[inputPartition] = Math.max(closed, closedBefore);
  seen.finalBefore[inputPartition] = Math.max(final, finalBefore);
}
