import { PassingInserts } from '../clickhouse/index.js';
import type { LogRecord } from '../kafka/index.js';
import { messageOf } from '../service/errors.js';
import type { InsertRows } from './announce-table.js';
import type { PendingEntry, RecordRows } from './pending-rows.js';

/** A record whose rows ClickHouse refuses for what is in them. */
export interface RefusedRecord<Assignment> extends Pick<RecordRows, 'record' | 'rowCount'> {
  readonly assignment: Assignment;
  readonly bytes: Buffer;
  /** In ClickHouse's words. */
  readonly reason: string;
}

/** How many rows are tried to find one that is taken. */
const rowsTriedMax = 64;

interface Part {
  readonly bytes: Buffer;
  /** Those of its first record; all of them unless told. */
  readonly keptBytes?: number;
}
type RecordPart<Assignment> = Part &
  Pick<RecordRows, 'record' | 'rowCount'> & { readonly assignment: Assignment };

/**
 * Inserts batches, and finds the records whose rows ClickHouse refuses
 * (docs/exactness.md#what-fails-is-set-aside).
 */
export class BatchInsert<Assignment extends object> {
  /** Of the insert under way: there is one at a time. */
  #signal = new AbortController().signal;
  readonly #parts: PassingInserts<Part>;

  /** `rowsOf`: the rows of a record, each by itself. */
  constructor(
    insertRows: InsertRows,
    private readonly rowsOf: (record: LogRecord) => readonly Buffer[],
  ) {
    this.#parts = new PassingInserts(
      (parts) =>
        insertRows(
          parts.map(({ bytes }) => bytes),
          this.#signal,
        ),
      ({ bytes, keptBytes = bytes.length }) => ({
        bytes: Buffer.from(bytes.subarray(0, keptBytes)),
      }),
    );
  }

  /**
   * Resolves when ClickHouse has all rows but those of the records that it resolves with. Those
   * were refused twice between inserts of what it took before, so the table is right. Rejects as
   * `InsertRows` does where it is wrong, or where nothing was taken yet: any of the rows may stand
   * then.
   */
  async insert(
    entries: readonly PendingEntry<Assignment>[],
    signal: AbortSignal,
  ): Promise<readonly RefusedRecord<Assignment>[]> {
    this.#signal = signal;
    const byEntry = entries.map((entry) => {
      const { bytes, records } = entry.rows;
      return { entry, bytes, keptBytes: records[0]?.endByte ?? bytes.length };
    });
    const refusedEntries = await this.#parts.insert(byEntry);
    const [first] = refusedEntries;
    if (first === undefined) return [];
    const records = refusedEntries.flatMap(({ part }) => recordsOf(part.entry));
    if (!this.#parts.hasTaken) await this.#findTaken(records);
    const refused = await this.#parts.insertAgain(records, first.error);
    return refused.map(({ part, error }) => ({ ...part, reason: messageOf(error) }));
  }

  /** Inserts records, and rows of these, one by one until one is taken. */
  async #findTaken(records: readonly RecordPart<Assignment>[]): Promise<void> {
    for (const part of [...records, ...this.#someRows(records)]) {
      if ((await this.#parts.insert([part])).length === 0) return;
    }
  }

  *#someRows(records: readonly RecordPart<Assignment>[]): Iterable<Part> {
    let rowCount = 0;
    for (const { record } of records) {
      for (const bytes of this.rowsOf(record)) {
        if (rowCount >= rowsTriedMax) return;
        rowCount += 1;
        yield { bytes };
      }
    }
  }
}

function recordsOf<Assignment>({
  assignment,
  rows,
}: PendingEntry<Assignment>): RecordPart<Assignment>[] {
  let begin = 0;
  return rows.records.map(({ record, rowCount, endByte }) => {
    const bytes = rows.bytes.subarray(begin, endByte);
    begin = endByte;
    return { assignment, record, rowCount, bytes };
  });
}
