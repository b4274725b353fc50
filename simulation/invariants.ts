import type { StreamMinuteRow } from '../clickhouse/index.js';
import { partitionOfStream, type LogRecord } from '../kafka/index.js';
import { LogClock } from '../rollup/partials/log-clock.js';
import type { MinuteWrite } from '../rollup/sinks/sink.js';
import { codec, isInTime, minuteOf, topics, type PartialBatch } from '../schemas/index.js';
import { cluster } from './settings.js';

/** A minute that not all have closed is held back this long (DESIGN §3 rule 7). */
const holdBackMs = 20_000;
/** More of them say nothing new. */
const violationsMax = 5;

interface PartialsSeen {
  readonly closedBefore: number[];
  /** The least of `closedBefore` after each offset. */
  readonly closedByOffset: number[];
  readonly firstPartialMs: Map<number, number>;
}

/** What DESIGN §3 says always holds, checked at every record, write and row. */
export class Invariants {
  readonly violations: string[] = [];
  readonly #logClocks = Array.from({ length: cluster.partitions }, () => new LogClock(cluster));
  readonly #contents = new Map<string, string>();
  readonly #rowContents = new Map<string, string>();
  readonly #partials: PartialsSeen[] = Array.from({ length: cluster.partialPartitions }, () => ({
    closedBefore: new Array<number>(cluster.partitions).fill(0),
    closedByOffset: [],
    firstPartialMs: new Map<number, number>(),
  }));

  violate(what: string): void {
    if (this.violations.length < violationsMax) this.violations.push(what);
  }

  appended(topic: string, record: LogRecord): void {
    const decoded = codec().decode(record.value);
    if (topic === topics.announces) {
      const clock = this.#logClocks[record.partition];
      if (!decoded.ok || clock === undefined) return;
      if (decoded.record.type === 'AnnounceBatch') {
        for (const { time } of decoded.record.value.announces)
          this.#checkFinal(clock, time, record);
        clock.advance(decoded.record.value.written, record.logAppendTimeMs);
      } else if (decoded.record.type === 'Mark') {
        clock.advance(decoded.record.value.written, record.logAppendTimeMs);
      }
      return;
    }
    const seen = this.#partials[record.partition];
    if (topic !== topics.partials || seen === undefined) return;
    if (decoded.ok && decoded.record.type === 'PartialBatch') {
      const { minute } = decoded.record.value;
      if (!seen.firstPartialMs.has(minute)) {
        seen.firstPartialMs.set(minute, record.logAppendTimeMs);
      }
      this.#checkVersions(decoded.record.value);
    } else if (decoded.ok && decoded.record.type === 'Progress') {
      const { inputPartition, closedBefore } = decoded.record.value;
      const before = seen.closedBefore[inputPartition] ?? 0;
      seen.closedBefore[inputPartition] = Math.max(before, closedBefore);
    }
    seen.closedByOffset.push(Math.min(...seen.closedBefore));
  }

  /** Stage 2 hands a minute to a sink. */
  written(sink: string, write: MinuteWrite, ownerNowMs: number): void {
    const stream = write.totals[0]?.stream;
    if (stream === undefined) return;
    const seen = this.#partials[partitionOfStream(stream, cluster.partialPartitions)];
    const closedBefore = seen?.closedByOffset[write.version - 1] ?? 0;
    const firstMs = seen?.firstPartialMs.get(write.minute) ?? Infinity;
    if (write.minute >= closedBefore && ownerNowMs < firstMs + holdBackMs) {
      this.violate(`held back: ${sink} was given minute ${write.minute} of ${stream} too early`);
    }
  }

  inserted(rows: readonly StreamMinuteRow[]): void {
    for (const { version, ...row } of rows) {
      const key = `${row.stream} ${row.minute} ${row.quality} ${row.browser} ${version}`;
      const content = JSON.stringify(row);
      const before = this.#rowContents.get(key);
      this.#rowContents.set(key, content);
      if (before !== undefined && before !== content) {
        this.violate(`versions: two contents of the row ${key}`);
      }
    }
  }

  #checkFinal(clock: LogClock, timeMs: number, { partition, offset, logAppendTimeMs }: LogRecord) {
    const minute = minuteOf(timeMs, cluster.intervalMs);
    if (minute < clock.finalBefore() && isInTime(minute, logAppendTimeMs, cluster)) {
      this.violate(`final is final: in time for ${minute} at ${partition}/${offset}`);
    }
  }

  #checkVersions({ inputPartition, minute, version, streams }: PartialBatch): void {
    for (const { stream, cells } of streams) {
      const key = `${inputPartition}/${minute}/${stream}/${version}`;
      const sorted = cells.map((cell) => JSON.stringify(cell)).sort();
      const content = sorted.join();
      const before = this.#contents.get(key);
      this.#contents.set(key, content);
      if (before !== undefined && before !== content) {
        this.violate(`versions: two contents of the partial ${key}`);
      }
    }
  }
}
