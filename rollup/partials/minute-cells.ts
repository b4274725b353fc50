import {
  allStreams,
  qualityOverAllStreams,
  type AnnounceColumns,
  type Cell,
  type StreamCells,
} from '../../schemas/index.js';
import { CellRows } from './cell-rows.js';
import { SessionTable } from './session-table.js';

/** A cell of one stream, by its row, with the row of the same announces over all streams. */
interface LinkedCell {
  readonly row: number;
  readonly rowOverAll: number;
  readonly quality: string;
  /** Index of the browser. */
  readonly browser: number;
}

/** Cells of a stream: found by quality and then the browser's index. */
type CellsByQuality = Map<string, (LinkedCell | undefined)[]>;

interface StreamMinute {
  readonly index: number;
  readonly cells: LinkedCell[];
  readonly byQuality: CellsByQuality;
  /** The offset after the record that changed it last. */
  changedAt: number;
  /** The version that was last acknowledged; −1 before. */
  acknowledgedAt: number;
}

/** One minute of one input partition: every stream's cells, and those over all streams. */
export class MinuteCells {
  readonly #streams = new Map<string, StreamMinute>();
  readonly #rows = new CellRows();
  /** By row: the link of a stream's cell. Rows over all streams have none. */
  readonly #links: LinkedCell[] = [];
  readonly #sessions: SessionTable;
  readonly #overAll: StreamMinute = streamMinute(-1);
  #lastName: string | undefined;
  #lastStream: StreamMinute = this.#overAll;

  /**
   * `firstOffset`: of the first record that holds something of this minute. `hashSeed`: any number,
   * it changes no result.
   */
  constructor(
    readonly firstOffset: number,
    hashSeed: number,
  ) {
    this.#sessions = new SessionTable(hashSeed);
  }

  /** Counts the announce in row `index`, which stands in the record before `nextOffset`; false when it is a copy. */
  add(columns: AnnounceColumns, index: number, nextOffset: number): boolean {
    const stream = this.#stream(columns.streams[index] ?? '');
    const number = columns.numbers[index] ?? 0;
    const { sessions } = columns;
    const entry = this.#sessions.find(sessions, index * 4, stream.index);
    if (entry >= 0 && !this.#sessions.take(entry, number)) return false;
    const cell = this.#cell(stream, columns.qualities[index] ?? '', columns.browsers[index] ?? 0);
    if (entry < 0) {
      this.#sessions.add(sessions, index * 4, stream.index, number, cell.row);
      this.#countViewer(cell, 1);
    } else if (number > this.#sessions.highest(entry)) {
      const before = this.#sessions.cell(entry);
      if (before !== cell.row) {
        this.#countViewer(this.#links[before], -1);
        this.#countViewer(cell, 1);
      }
      this.#sessions.setHighest(entry, number, cell.row);
    }
    this.#rows.countAnnounce(cell.row, cell.rowOverAll, columns, index);
    stream.changedAt = nextOffset;
    this.#overAll.changedAt = nextOffset;
    return true;
  }

  /** The streams whose cells changed since their last acknowledged version, as of now. */
  changed(): StreamCells[] {
    const changed: StreamCells[] = [];
    // Whatever changes a stream changes the sums over all streams too.
    if (this.#overAll.changedAt <= this.#overAll.acknowledgedAt) return changed;
    for (const [name, stream] of this.#streams) {
      if (stream.changedAt > stream.acknowledgedAt) changed.push(this.#cellsOf(name, stream));
    }
    changed.push(this.#cellsOf(allStreams, this.#overAll));
    return changed;
  }

  /** The streams' cells as of `version` have been acknowledged. */
  acknowledge(streams: readonly string[], version: number): void {
    for (const name of streams) {
      const stream = name === allStreams ? this.#overAll : this.#streams.get(name);
      if (stream !== undefined) stream.acknowledgedAt = Math.max(stream.acknowledgedAt, version);
    }
  }

  /** Sessions held, for the metric. */
  sessions(): number {
    return this.#sessions.size;
  }

  #cellsOf(name: string, { cells }: StreamMinute): StreamCells {
    const snapshot = ({ row, quality, browser }: LinkedCell): Cell =>
      this.#rows.cell(row, quality, browser);
    return { stream: name, cells: cells.map(snapshot) };
  }

  /** Most announces are of the stream of the one before. */
  #stream(name: string): StreamMinute {
    if (name === this.#lastName) return this.#lastStream;
    let stream = this.#streams.get(name);
    if (stream === undefined) {
      stream = streamMinute(this.#streams.size);
      this.#streams.set(name, stream);
    }
    this.#lastName = name;
    this.#lastStream = stream;
    return stream;
  }

  #cell(stream: StreamMinute, quality: string, browser: number): LinkedCell {
    return stream.byQuality.get(quality)?.[browser] ?? this.#addCell(stream, quality, browser);
  }

  #addCell(stream: StreamMinute, quality: string, browser: number): LinkedCell {
    const row = this.#rows.add();
    const rowOverAll =
      stream === this.#overAll
        ? row
        : this.#cell(this.#overAll, qualityOverAllStreams(quality), browser).row;
    const cell = { row, rowOverAll, quality, browser };
    this.#links[row] = cell;
    stream.cells.push(cell);
    let ofQuality = stream.byQuality.get(quality);
    if (ofQuality === undefined) {
      ofQuality = [];
      stream.byQuality.set(quality, ofQuality);
    }
    ofQuality[browser] = cell;
    return cell;
  }

  #countViewer(cell: LinkedCell | undefined, change: 1 | -1): void {
    if (cell === undefined) throw new Error('a viewer in no cell');
    this.#rows.countViewer(cell.row, change);
    this.#rows.countViewer(cell.rowOverAll, change);
  }
}

function streamMinute(index: number): StreamMinute {
  return { index, cells: [], byQuality: new Map(), changedAt: -1, acknowledgedAt: -1 };
}
