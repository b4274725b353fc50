import { PassingInserts, type FacetMinuteRow, type MinuteRows } from '../../clickhouse/index.js';
import { messageOf } from '../../service/errors.js';
import { groupBy } from '../../service/group-by.js';
import type { Logger, RateLimitedLog } from '../../service/logs.js';
import type { SetAside } from '../set-aside.js';
import { eachAlone, rowsOfStreams, type RowsOfStream } from './clickhouse-rows.js';
import { ofEachStream } from './of-each-stream.js';
import type { MinuteWrite, Sink, WriteReceipt } from './sink.js';

/** Most rows that wait, each a cell's or a facet's. */
const waitingRowsMax = 200_000;
const insertRowsMax = 20_000;
/** While ClickHouse writes what one has brought, the next can be encoded. */
const insertsAtOnce = 2;
const firstDelayMs = 200;
const delayMsMax = 5_000;

interface Waiting {
  readonly streams: readonly RowsOfStream[];
  readonly rowsMax: number;
  readonly receipt: Receipt;
}

/** Whoever has it keeps nothing of what was written. */
class Receipt implements WriteReceipt {
  isGiven = false;

  isTaken(): boolean {
    return this.isGiven;
  }
}

interface RowsToInsert extends MinuteRows {
  readonly facets: Iterable<FacetMinuteRow>;
}

/**
 * Inserts rows into their tables, each made when it is asked for; resolves when ClickHouse has
 * acknowledged them.
 */
export type InsertRows = (rows: RowsToInsert) => Promise<void>;

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
 * joined while inserts are under way.
 */
export class ClickHouseSink implements Sink {
  readonly name = 'clickhouse';
  readonly epoch = 0;
  readonly isVersioned = true;
  /** What isn't being inserted yet. */
  #waiting: Waiting[] = [];
  #waitingRows = 0;
  #problem: string | undefined;
  #isClosed = false;
  /** Each inserts one batch after the other as long as something waits. */
  readonly #runs = new Array<Promise<void> | undefined>(insertsAtOnce).fill(undefined);
  readonly #inserts: PassingInserts<RowsOfStream>;

  constructor(private readonly parts: ClickHouseSinkParts) {
    this.#inserts = new PassingInserts((streams) => parts.insert(this.#rows(streams)));
  }

  write(write: MinuteWrite): WriteReceipt | undefined {
    if (this.#isClosed || this.#waitingRows >= waitingRowsMax) return undefined;
    const { intervalMs, setAside } = this.parts;
    const streams = ofEachStream(write, setAside, this.name, (part) =>
      rowsOfStreams(part, intervalMs),
    ).flat();
    const rowsMax = streams.reduce((sum, { countMax }) => sum + countMax, 0);
    const receipt = new Receipt();
    receipt.isGiven = streams.length === 0;
    if (streams.length > 0) {
      this.#waiting.push({ streams, rowsMax, receipt });
      this.#waitingRows += rowsMax;
      const free = this.#runs.indexOf(undefined);
      if (free >= 0) this.#runs[free] = this.#run(free);
    }
    return receipt;
  }

  /** How many rows ClickHouse has not taken yet, at the most. */
  get waitingRows(): number {
    return this.#waitingRows;
  }

  problem(): string | undefined {
    return this.#problem;
  }

  async close(deadlineMs: number): Promise<void> {
    const runs = this.#runs.filter((run) => run !== undefined);
    if (runs.length > 0) await Promise.race([Promise.all(runs), this.parts.sleep(deadlineMs)]);
    this.#isClosed = true;
  }

  async #run(index: number): Promise<void> {
    while (this.#waiting.length > 0 && !this.#isClosed) {
      const batch = this.#nextBatch();
      if (!(await this.#insertUntilTaken(batch.flatMap(({ streams }) => streams)))) break;
      for (const { receipt, rowsMax } of batch) {
        receipt.isGiven = true;
        this.#waitingRows -= rowsMax;
      }
    }
    this.#runs[index] = undefined;
  }

  /** False: the sink was closed before ClickHouse took them. */
  async #insertUntilTaken(streams: readonly RowsOfStream[]): Promise<boolean> {
    for (let delayMs = firstDelayMs; !this.#isClosed; delayMs = Math.min(delayMs * 2, delayMsMax)) {
      try {
        await this.#insert(streams);
        this.#problem = undefined;
        return true;
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
      }
    }
    return false;
  }

  /** Resolves when all rows are taken but those that are refused for what is in them. */
  async #insert(streams: readonly RowsOfStream[]): Promise<void> {
    const refusedOnce = await this.#inserts.insert(streams);
    const [first] = refusedOnce;
    if (first === undefined) return;
    const again = refusedOnce.flatMap(({ part }) => {
      const { cells, facets } = this.#rows([part]);
      return eachAlone(part, cells, facets);
    });
    const refused = await this.#inserts.insertAgain(again, first.error);
    const byMinute = groupBy(refused, ({ part }) => `${part.stream} ${part.minute}`);
    for (const [row] of byMinute.values()) {
      if (row !== undefined) this.#setAside(row.part, row.error);
    }
  }

  /** Of all streams whose rows can be made; the others are set aside. */
  #rows(streams: readonly RowsOfStream[]): RowsToInsert {
    return {
      cells: this.#made(streams, (stream) => stream.cells()),
      facets: this.#made(streams, (stream) => stream.facets()),
    };
  }

  *#made<Row>(
    streams: readonly RowsOfStream[],
    made: (stream: RowsOfStream) => readonly Row[],
  ): Generator<Row, void, undefined> {
    for (const stream of streams) {
      let rows: readonly Row[] = [];
      try {
        rows = made(stream);
      } catch (error) {
        this.#setAside(stream, error);
      }
      yield* rows;
    }
  }

  #setAside({ stream, minute }: RowsOfStream, error: unknown): void {
    this.parts.setAside({ where: this.name, stream, minute, error });
  }

  #nextBatch(): Waiting[] {
    let count = 0;
    let rows = 0;
    for (const { rowsMax } of this.#waiting) {
      if (count > 0 && rows + rowsMax > insertRowsMax) break;
      count += 1;
      rows += rowsMax;
    }
    return this.#waiting.splice(0, count);
  }
}
