import { PassingInserts, type MinuteRow } from '../../clickhouse/index.js';
import { messageOf } from '../../service/errors.js';
import { groupBy } from '../../service/group-by.js';
import type { Logger, RateLimitedLog } from '../../service/logs.js';
import type { SetAside } from '../set-aside.js';
import { minuteRows } from './clickhouse-rows.js';
import { ofEachStream } from './of-each-stream.js';
import type { MinuteWrite, Sink, WriteReceipt } from './sink.js';

/** Most rows that wait. A cell's is about 1.6 KB here, a facet's 0.1 KB beside its counts. */
const waitingRowsMax = 200_000;
const insertRowsMax = 20_000;
const firstDelayMs = 200;
const delayMsMax = 5_000;

interface Waiting {
  readonly rows: readonly MinuteRow[];
  isTaken: boolean;
}

/** Inserts rows into their tables; resolves when ClickHouse has acknowledged them. */
export type InsertRows = (rows: readonly MinuteRow[]) => Promise<void>;

export interface ClickHouseSinkParts {
  readonly insert: InsertRows;
  readonly intervalMs: number;
  readonly sleep: (durationMs: number) => Promise<void>;
  readonly logger: Logger;
  readonly rateLimited: RateLimitedLog;
  readonly onError: () => void;
  readonly setAside: SetAside;
}

/**
 * ClickHouse's `stream_minutes` and `stream_minute_facets`, each a ReplacingMergeTree(version):
 * rows are repeated until acknowledged, and a repeat or an older version does no harm. Writes are
 * joined while an insert is under way.
 */
export class ClickHouseSink implements Sink {
  readonly name = 'clickhouse';
  readonly epoch = 0;
  readonly isVersioned = true;
  #waiting: Waiting[] = [];
  #waitingRows = 0;
  #problem: string | undefined;
  #isClosed = false;
  #running: Promise<void> | undefined;
  readonly #inserts: PassingInserts<MinuteRow>;

  constructor(private readonly parts: ClickHouseSinkParts) {
    this.#inserts = new PassingInserts(parts.insert);
  }

  write(write: MinuteWrite): WriteReceipt | undefined {
    if (this.#isClosed || this.#waitingRows >= waitingRowsMax) return undefined;
    const { intervalMs, setAside } = this.parts;
    const rows = ofEachStream(write, setAside, this.name, (part) =>
      minuteRows(part, intervalMs),
    ).flat();
    const waiting: Waiting = { rows, isTaken: rows.length === 0 };
    if (rows.length > 0) {
      this.#waiting.push(waiting);
      this.#waitingRows += rows.length;
      this.#running ??= this.#run();
    }
    return { isTaken: () => waiting.isTaken };
  }

  /** Rows that ClickHouse has not taken yet. */
  get waitingRows(): number {
    return this.#waitingRows;
  }

  problem(): string | undefined {
    return this.#problem;
  }

  async close(deadlineMs: number): Promise<void> {
    if (this.#running !== undefined) {
      await Promise.race([this.#running, this.parts.sleep(deadlineMs)]);
    }
    this.#isClosed = true;
  }

  async #run(): Promise<void> {
    let delayMs = firstDelayMs;
    while (this.#waiting.length > 0 && !this.#isClosed) {
      const batch = this.#nextBatch();
      try {
        await this.#insert(batch.flatMap(({ rows }) => rows));
        for (const waiting of batch) waiting.isTaken = true;
        this.#waiting = this.#waiting.slice(batch.length);
        this.#waitingRows -= batch.reduce((sum, { rows }) => sum + rows.length, 0);
        this.#problem = undefined;
        delayMs = firstDelayMs;
      } catch (error) {
        this.#problem = `ClickHouse: ${messageOf(error)}`;
        this.parts.onError();
        this.parts.rateLimited.log('clickhouse', (heldBack) =>
          this.parts.logger.warn(
            { error: messageOf(error), waitingRows: this.#waitingRows, heldBack },
            'ClickHouse did not take an insert yet',
          ),
        );
        await this.parts.sleep(delayMs);
        delayMs = Math.min(delayMs * 2, delayMsMax);
      }
    }
    this.#running = undefined;
  }

  /** Resolves when all rows are taken but those that are refused for what is in them. */
  async #insert(rows: readonly MinuteRow[]): Promise<void> {
    const refusedOnce = await this.#inserts.insert(rows);
    const [first] = refusedOnce;
    if (first === undefined) return;
    const again = refusedOnce.map(({ part }) => part);
    const refused = await this.#inserts.insertAgain(again, first.error);
    const byMinute = groupBy(refused, ({ part }) => `${part.stream} ${part.minute}`);
    for (const [row] of byMinute.values()) {
      if (row === undefined) continue;
      const { stream, minute } = row.part;
      this.parts.setAside({ where: this.name, stream, minute, error: row.error });
    }
  }

  #nextBatch(): Waiting[] {
    const batch: Waiting[] = [];
    let rows = 0;
    for (const waiting of this.#waiting) {
      if (batch.length > 0 && rows + waiting.rows.length > insertRowsMax) break;
      batch.push(waiting);
      rows += waiting.rows.length;
    }
    return batch;
  }
}
