import { insertWhatPasses } from '../clickhouse/index.js';
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

/** Of one record; where the table is wrong, twice as many inserts are refused. */
const rowsTriedMax = 32;

type Part = Readonly<Record<'bytes', Buffer>>;
type RecordPart<Assignment> = Part &
  Pick<RecordRows, 'record' | 'rowCount'> & { readonly assignment: Assignment };
type InsertParts = (parts: readonly Part[]) => Promise<void>;

/**
 * Inserts batches, and finds the records whose rows ClickHouse refuses
 * (docs/exactness.md#what-fails-is-set-aside).
 */
export class BatchInsert<Assignment extends object> {
  /** Rows that ClickHouse took: inserted again they show whether it is the table that is wrong. */
  #takenBefore: Part | undefined;

  /** `rowsOf`: the rows of a record, each by itself. */
  constructor(
    private readonly insertRows: InsertRows,
    private readonly rowsOf: (record: LogRecord) => readonly Buffer[],
  ) {}

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
    const reasons = new Map<Part, string>();
    const insertParts: InsertParts = async (parts) => {
      try {
        await this.insertRows(
          parts.map(({ bytes }) => bytes),
          signal,
        );
      } catch (error) {
        const [only] = parts;
        if (only !== undefined && parts.length === 1) reasons.set(only, messageOf(error));
        throw error;
      }
    };
    const byEntry = entries.map((entry) => ({ entry, bytes: entry.rows.bytes }));
    const refused = await insertWhatPasses(byEntry, insertParts);
    this.#remember(byEntry, refused);
    const [first] = refused;
    if (first === undefined) return [];
    await this.#holdAgainstTaken(first.entry, insertParts);
    const records = refused.flatMap(({ entry }) => recordsOf(entry));
    let refusedRecords: readonly RecordPart<Assignment>[] = records;
    // Twice: the table may have been wrong for a moment.
    for (let pass = 0; pass < 2; pass += 1) {
      refusedRecords = await insertWhatPasses(refusedRecords, insertParts);
      await this.#holdAgainstTaken(first.entry, insertParts);
    }
    return refusedRecords.map((part) => ({ ...part, reason: reasons.get(part) ?? '' }));
  }

  /**
   * Rejects where ClickHouse refuses what it took before as well: then it is the table that is
   * wrong. Where it took nothing yet any record of what it refused does, or any row of the first
   * of them.
   */
  async #holdAgainstTaken(
    refused: PendingEntry<Assignment>,
    insertParts: InsertParts,
  ): Promise<void> {
    if (this.#takenBefore === undefined) await this.#findTaken(recordsOf(refused), insertParts);
    await insertParts([this.#takenBefore ?? refused.rows]);
  }

  async #findTaken(
    records: readonly RecordPart<Assignment>[],
    insertParts: InsertParts,
  ): Promise<void> {
    const refused = await insertWhatPasses(records, insertParts);
    this.#remember(records, refused);
    const [first] = records;
    if (first === undefined || refused.length < records.length) return;
    const rows = this.rowsOf(first.record).slice(0, rowsTriedMax).map(partOf);
    this.#remember(rows, await insertWhatPasses(rows, insertParts));
  }

  #remember(parts: readonly Part[], refused: readonly Part[]): void {
    const refusedParts = new Set(refused);
    this.#takenBefore = parts.find((part) => !refusedParts.has(part)) ?? this.#takenBefore;
  }
}

function partOf(bytes: Buffer): Part {
  return { bytes };
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
