import { isRowRefusal } from '../clickhouse/index.js';
import type { LogRecord, OwnedPartition } from '../kafka/index.js';
import { encodeIngestCommitMetadata } from '../schemas/index.js';
import { AppError, messageOf } from '../service/errors.js';
import { hasPassed } from '../service/has-passed.js';
import { RateLimitedLog, type Logger } from '../service/logs.js';
import type { PartitionWatch } from '../service/partition-watch.js';
import type { InsertRows } from './announce-table.js';
import { BatchInsert, type RefusedRecord } from './batch-insert.js';
import type { SendDeadLetter } from './dead-letters.js';
import type { IngestMetrics } from './metrics.js';
import { PendingRows, type EncodedRows, type RowBatch } from './pending-rows.js';

const firstRetryMs = 200;
const retryMsMax = 10_000;

export interface BatchWriterOptions {
  readonly insert: InsertRows;
  /** The rows of a record, each by itself. */
  readonly rowsOf: (record: LogRecord) => readonly Buffer[];
  readonly sendDeadLetter: SendDeadLetter;
  readonly logger: Logger;
  readonly metrics: IngestMetrics;
  readonly watch: PartitionWatch;
  /** A batch is written once this many rows wait … */
  readonly rowsMax: number;
  /** … or the oldest has waited this long. */
  readonly waitMs: number;
  /** Above this many bytes held the partitions are paused. */
  readonly bytesMax: number;
  readonly now: () => number;
  /** Runs something later; nobody takes it back. */
  readonly after: (delayMs: number, run: () => void) => void;
  /** Told what stops the writing for good: a mistake of ours, never what ClickHouse or Kafka do. */
  readonly fail: (error: unknown) => void;
}

/**
 * Writes what was read to ClickHouse in batches, one at a time, and commits what was inserted. An
 * insert is tried until it succeeds; meanwhile memory is bounded by pausing the partitions.
 */
export class BatchWriter {
  readonly #options: BatchWriterOptions;
  readonly #pending = new PendingRows<OwnedPartition>();
  readonly #open = new Set<OwnedPartition>();
  readonly #stopping = new AbortController();
  readonly #limitedLog: RateLimitedLog;
  #wake: () => void = () => undefined;
  /** Ends the wait for the next try. */
  #giveUp: () => void = () => undefined;
  #isPaused = false;
  #isDraining = false;
  #problem: string | undefined;
  readonly #insert: BatchInsert<OwnedPartition>;
  #running: Promise<void> | undefined;

  constructor(options: BatchWriterOptions) {
    this.#options = options;
    this.#insert = new BatchInsert(options.insert, options.rowsOf);
    this.#limitedLog = new RateLimitedLog(options.now);
  }

  /** Why ClickHouse doesn't take rows now; undefined when it does. */
  problem(): string | undefined {
    return this.#problem;
  }

  start(): void {
    this.#running ??= this.#run().catch(this.#options.fail);
  }

  /**
   * Writes and commits what was read, as far as that works within the deadline. Nothing is lost
   * otherwise: what is not committed will be read again.
   */
  async stop(deadlineMs: number): Promise<void> {
    this.#isDraining = true;
    for (const partition of this.#open) partition.pause();
    this.#wake();
    this.#options.after(deadlineMs, () => {
      this.#stopping.abort();
      this.#giveUp();
    });
    await this.#running;
  }

  open(partition: OwnedPartition): void {
    this.#pending.open(partition);
    this.#open.add(partition);
    this.#options.metrics.ownedPartitions.set(this.#open.size);
    if (this.#isPaused || this.#isDraining) partition.pause();
  }

  /** Rows of all records of the partition up to `nextOffset`. */
  add(partition: OwnedPartition, rows: EncodedRows, nextOffset: number): void {
    this.#pending.add(partition, rows, nextOffset, this.#options.now());
    this.#tellPending();
    if (!this.#isPaused && this.#pending.bytes >= this.#options.bytesMax) this.#pause();
    if (this.#pending.rowCount >= this.#options.rowsMax) this.#wake();
  }

  close(partition: OwnedPartition): void {
    this.#pending.close(partition);
    this.#open.delete(partition);
    this.#options.metrics.ownedPartitions.set(this.#open.size);
    this.#resumeIfRoom();
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      const { oldestAtMs } = this.#pending;
      if (this.#isDraining && oldestAtMs === undefined) return;
      const waitMs = this.#waitMs(oldestAtMs);
      if (waitMs > 0) {
        await this.#waitForWake(waitMs);
        continue;
      }
      await this.#writeBatch(signal);
    }
  }

  #waitMs(oldestAtMs: number | undefined): number {
    const { rowsMax, waitMs, now } = this.#options;
    if (this.#isDraining || this.#pending.rowCount >= rowsMax) return 0;
    if (oldestAtMs === undefined) return waitMs;
    const nowMs = now();
    return hasPassed(waitMs, oldestAtMs, nowMs) ? 0 : oldestAtMs + waitMs - nowMs;
  }

  async #waitForWake(waitMs: number): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
      this.#options.after(waitMs, resolve);
    });
    this.#wake = () => undefined;
  }

  /** Until the next try, or the end. */
  async #waitForRetry(retryMs: number): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#giveUp = resolve;
      if (this.#stopping.signal.aborted) resolve();
      else this.#options.after(retryMs, resolve);
    });
    this.#giveUp = () => undefined;
  }

  async #writeBatch(signal: AbortSignal): Promise<void> {
    const batch = this.#pending.take();
    if (batch.rowCount > 0) {
      const startedAtMs = this.#options.now();
      const rowCount = await this.#insertUntilTaken(batch, signal);
      if (rowCount === undefined) return;
      this.#options.metrics.rows.inc(rowCount);
      this.#options.metrics.batchRows.observe(rowCount);
      this.#options.metrics.batchSeconds.observe((this.#options.now() - startedAtMs) / 1_000);
    }
    this.#pending.inserted();
    this.#tellPending();
    this.#resumeIfRoom();
    await this.#commit();
  }

  /** How many rows ClickHouse has taken; undefined: it was stopped before. */
  async #insertUntilTaken(
    first: RowBatch<OwnedPartition>,
    signal: AbortSignal,
  ): Promise<number | undefined> {
    const { logger, watch } = this.#options;
    let { entries, rowCount } = first;
    const isStopped = (): boolean => signal.aborted;
    for (let retryMs = firstRetryMs; !isStopped();) {
      try {
        const refused = await this.#insert.insert(entries, signal);
        if (this.#problem !== undefined) logger.info({ rowCount }, 'ClickHouse takes rows again');
        this.#problem = undefined;
        this.#tellWatch((name) => watch.wentWell(name, 'inserting'));
        await this.#setAside(refused, signal);
        const refusedRows = refused.reduce((sum, record) => sum + record.rowCount, 0);
        return isStopped() ? undefined : rowCount - refusedRows;
      } catch (error) {
        this.#tellFailure(error, rowCount);
        await this.#waitForRetry(retryMs);
        retryMs = Math.min(retryMs * 2, retryMsMax);
        // Others may show what is wrong with these.
        if (isRowRefusal(error)) ({ entries, rowCount } = this.#pending.takeMore());
      }
    }
    return undefined;
  }

  #tellFailure(error: unknown, rowCount: number): void {
    const { logger, metrics, watch } = this.#options;
    const code = error instanceof AppError ? error.code : 'unexpected';
    metrics.insertErrors.inc({ code });
    this.#problem = messageOf(error);
    const reason = `ClickHouse does not take rows: ${messageOf(error)}`;
    this.#tellWatch((name) => watch.waits(name, 'inserting', reason));
    this.#limitedLog.log(code, (heldBack) => {
      const fields = { code, error: messageOf(error), rowCount, heldBack };
      logger.warn(fields, 'ClickHouse did not take a batch, trying again');
    });
  }

  /** Resolves when each has its dead letter, is another owner's, or the stop has come. */
  async #setAside(
    refused: readonly RefusedRecord<OwnedPartition>[],
    signal: AbortSignal,
  ): Promise<void> {
    const { logger, metrics, sendDeadLetter } = this.#options;
    for (const { assignment, record, bytes, reason } of refused) {
      metrics.setAsideBytes.inc(bytes.length);
      this.#limitedLog.log('set aside', (heldBack) => {
        const { partition, offset } = record;
        const fields = { partition, offset, bytes: bytes.length, reason, heldBack };
        logger.error(fields, 'ClickHouse refuses the rows of a record: set aside');
      });
      const detail = `ClickHouse refuses its rows: ${reason}`;
      const isWanted = (): boolean => assignment.isOwned() && !signal.aborted;
      await sendDeadLetter(record, detail, isWanted);
    }
  }

  async #commit(): Promise<void> {
    const { logger, metrics, watch } = this.#options;
    for (const position of this.#pending.committable()) {
      const { assignment, offset } = position;
      const name = `${assignment.topic}/${assignment.partition}`;
      try {
        // False: the assignment has ended, and its close will follow.
        if (await assignment.commit(offset, encodeIngestCommitMetadata(offset))) {
          this.#pending.committed(position);
          watch.wentWell(name, 'behind');
        }
        watch.wentWell(name, 'committing');
      } catch (error) {
        watch.waits(name, 'committing', `a commit fails: ${messageOf(error)}`);
        metrics.commitErrors.inc();
        this.#limitedLog.log('commit', (heldBack) => {
          const fields = { partition: assignment.partition, error: messageOf(error), heldBack };
          logger.warn(fields, 'a commit failed, the next one covers it');
        });
      }
    }
  }

  #tellWatch(tell: (name: string) => void): void {
    for (const { topic, partition } of this.#open) tell(`${topic}/${partition}`);
  }

  #pause(): void {
    this.#isPaused = true;
    for (const partition of this.#open) partition.pause();
    this.#limitedLog.log('pause', () => {
      this.#options.logger.warn(
        { bytes: this.#pending.bytes },
        'memory is full, reading is paused',
      );
    });
    this.#options.metrics.isPaused.set(1);
  }

  #resumeIfRoom(): void {
    if (!this.#isPaused || this.#isDraining) return;
    if (this.#pending.bytes > this.#options.bytesMax / 2) return;
    this.#isPaused = false;
    for (const partition of this.#open) partition.resume();
    this.#options.metrics.isPaused.set(0);
  }

  #tellPending(): void {
    this.#options.metrics.pendingRows.set(this.#pending.rowCount);
    this.#options.metrics.pendingBytes.set(this.#pending.bytes);
  }
}
