import type { LogRecord } from '../kafka/index.js';

/** A record with rows, and where they end among those of others. */
export interface RecordRows {
  readonly record: LogRecord;
  readonly rowCount: number;
  readonly endByte: number;
}

/** Rows of some records of a partition, as they are inserted. */
export interface EncodedRows {
  readonly bytes: Buffer;
  readonly rowCount: number;
  /** Those that have rows, in their order: kept for the dead letters. */
  readonly records: readonly RecordRows[];
  /** Called when nothing refers to the bytes, and to the records, any more. */
  readonly release: () => void;
}

/** Rows that go into one insert, of any partitions. */
export interface RowBatch<Assignment> {
  readonly entries: readonly PendingEntry<Assignment>[];
  readonly rowCount: number;
}

/** Where an assignment may commit: all its rows before `offset` stand in ClickHouse. */
export interface CommitPosition<Assignment> {
  readonly assignment: Assignment;
  readonly offset: number;
}

/** What was added at once. */
export interface PendingEntry<Assignment> {
  readonly assignment: Assignment;
  readonly rows: EncodedRows;
  readonly nextOffset: number;
}

interface Entry<Assignment> extends PendingEntry<Assignment> {
  nextOffset: number;
}

interface Progress<Assignment> {
  /** The assignment's last entry that waits, if one does. */
  last: Entry<Assignment> | undefined;
  insertedBefore: number | undefined;
  committedBefore: number | undefined;
}

/** What an entry costs besides its rows and records, and a record besides its own bytes. */
const entryBytes = 256;
const recordBytes = 192;

/**
 * Rows between Kafka and ClickHouse: one queue over all partitions, in order of arrival, from which
 * one batch at a time is inserted. Says what may be committed: never past what was inserted. An
 * assignment is one partition's from its opening to its closing; any object that stands for it.
 */
export class PendingRows<Assignment extends object> {
  readonly #progress = new Map<Assignment, Progress<Assignment>>();
  #queue: Entry<Assignment>[] = [];
  #outstanding: readonly Entry<Assignment>[] = [];
  #bytes = 0;
  #rowCount = 0;
  #oldestAtMs: number | undefined;

  /** Bytes held, of the batch that is being inserted too. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Rows that wait for a batch. */
  get rowCount(): number {
    return this.#rowCount;
  }

  /** When the oldest of what waits was added; undefined when nothing waits. */
  get oldestAtMs(): number | undefined {
    return this.#oldestAtMs;
  }

  open(assignment: Assignment): void {
    this.#progress.set(assignment, {
      last: undefined,
      insertedBefore: undefined,
      committedBefore: undefined,
    });
  }

  /**
   * Adds the rows of all records up to `nextOffset`: none, when they were marks or broken. Ignored
   * once the assignment is closed.
   */
  add(assignment: Assignment, rows: EncodedRows, nextOffset: number, nowMs: number): void {
    const progress = this.#progress.get(assignment);
    if (progress === undefined) return;
    this.#oldestAtMs ??= nowMs;
    if (rows.rowCount === 0 && progress.last !== undefined) {
      progress.last.nextOffset = nextOffset;
      rows.release();
      return;
    }
    const entry = { assignment, rows, nextOffset };
    progress.last = entry;
    this.#queue.push(entry);
    this.#rowCount += rows.rowCount;
    this.#bytes += bytesOf(entry);
  }

  /** The assignment has ended: its new owner reads again what wasn't committed. */
  close(assignment: Assignment): void {
    this.#progress.delete(assignment);
    const isOthers = (entry: Entry<Assignment>): boolean => entry.assignment !== assignment;
    this.#forget(this.#queue.filter((entry) => !isOthers(entry)));
    this.#rowCount -= sumOfRows(this.#queue) - sumOfRows(this.#queue.filter(isOthers));
    this.#queue = this.#queue.filter(isOthers);
    if (this.#queue.length === 0) this.#oldestAtMs = undefined;
  }

  /** All that waits as one batch. Exactly one `inserted` follows before the next call. */
  take(): RowBatch<Assignment> {
    if (this.#outstanding.length > 0) throw new Error('the batch before was not inserted yet');
    return this.takeMore();
  }

  /** The batch that was taken, with all that waits by now behind it. */
  takeMore(): RowBatch<Assignment> {
    this.#outstanding = [...this.#outstanding, ...this.#queue];
    this.#queue = [];
    this.#rowCount = 0;
    this.#oldestAtMs = undefined;
    for (const progress of this.#progress.values()) progress.last = undefined;
    const entries = this.#outstanding.filter(({ rows }) => rows.rowCount > 0);
    return { entries, rowCount: sumOfRows(entries) };
  }

  /** The batch that was taken stands in ClickHouse. */
  inserted(): void {
    for (const { assignment, nextOffset } of this.#outstanding) {
      const progress = this.#progress.get(assignment);
      if (progress !== undefined) progress.insertedBefore = nextOffset;
    }
    this.#forget(this.#outstanding);
    this.#outstanding = [];
  }

  /** The open assignments that have something to commit. */
  committable(): CommitPosition<Assignment>[] {
    const positions: CommitPosition<Assignment>[] = [];
    for (const [assignment, { insertedBefore, committedBefore }] of this.#progress) {
      if (insertedBefore !== undefined && insertedBefore !== committedBefore) {
        positions.push({ assignment, offset: insertedBefore });
      }
    }
    return positions;
  }

  committed({ assignment, offset }: CommitPosition<Assignment>): void {
    const progress = this.#progress.get(assignment);
    if (progress !== undefined) progress.committedBefore = offset;
  }

  #forget(entries: readonly Entry<Assignment>[]): void {
    for (const entry of entries) {
      this.#bytes -= bytesOf(entry);
      entry.rows.release();
    }
  }
}

function sumOfRows(entries: readonly Pick<PendingEntry<unknown>, 'rows'>[]): number {
  return entries.reduce((sum, { rows }) => sum + rows.rowCount, 0);
}

function bytesOf({ rows }: Pick<PendingEntry<unknown>, 'rows'>): number {
  let bytes = entryBytes + rows.bytes.length;
  for (const { record } of rows.records) bytes += recordBytes + (record.value?.length ?? 0);
  return bytes;
}
