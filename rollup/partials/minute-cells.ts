import {
  allStreams,
  facetLimits,
  qualityOverAllStreams,
  roles,
  type AnnounceColumns,
  type Cell,
  type FacetCell,
  type FacetColumns,
  type StreamCells,
} from '../../schemas/index.js';
import { CellRows } from './cell-rows.js';
import { FacetValues } from './facet-values.js';
import { SessionTable } from './session-table.js';

/** A cell of one stream, by its row. */
interface CellRow {
  readonly row: number;
  readonly quality: string;
  readonly qualityOverAll: string;
  /** Index of the browser. */
  readonly browser: number;
}

/** Cells of a stream: found by quality and then the browser's index. */
type CellsByQuality = Map<string, (CellRow | undefined)[]>;

interface StreamMinute {
  readonly index: number;
  readonly cells: CellRow[];
  readonly byQuality: CellsByQuality;
  /** Numbers of the facets' values that it has, and their rows by these. */
  readonly facetNumbers: number[];
  readonly facetRows: number[];
  /** The offset after the record that changed it last. */
  changedAt: number;
}

/** Where a session is counted that is no viewer. */
const noRow = -1;
const viewerRole = roles.indexOf('viewer');

/** One minute of one input partition: every stream's cells. */
export class MinuteCells {
  readonly #streams = new Map<string, StreamMinute>();
  readonly #rows: CellRows;
  readonly #sessions: SessionTable;
  readonly #facetValues = new FacetValues();
  /** Of the announce that is being added: the rows of its facets' values, and its cell's behind. */
  readonly #announceRows = new Int32Array(facetLimits.perAnnounceMax + 1);
  /**
   * By row of the columns that are being added: their stream, its index, and their session's entry.
   */
  #rowStreams: StreamMinute[] = [];
  #rowIndexes = new Int32Array(0);
  #rowEntries = new Int32Array(0);
  #changedAt = -1;
  /** The version that was last acknowledged; −1 before. */
  #acknowledgedAt = -1;

  /**
   * `firstOffset`: of the first record that holds something of this minute. `hashSeed`: any number,
   * it changes no result. `like`: a minute that is about as large.
   */
  constructor(
    readonly firstOffset: number,
    hashSeed: number,
    like?: MinuteCells,
  ) {
    this.#sessions = new SessionTable(hashSeed, like === undefined ? undefined : like.#sessions);
    this.#rows = new CellRows(like === undefined ? undefined : like.#rows);
  }

  /**
   * Counts the announces in rows `from` to `to` (exclusive), which stand in the record before
   * `nextOffset`; how many of them were counted: the others are copies.
   */
  add(columns: AnnounceColumns, from: number, to: number, nextOffset: number): number {
    this.#findStreams(columns, from, to);
    // All sessions first: what their entries wait for in memory then comes for many at once.
    this.#sessions.findAll(columns.sessions, from, to, this.#rowIndexes, this.#rowEntries);
    const { facets } = columns;
    const numbers =
      facets.valueCount > 0 ? this.#facetValues.numbersOf(facets, nextOffset) : undefined;
    let counted = 0;
    for (let index = from; index < to; index += 1) {
      const stream = this.#rowStreams[index];
      if (stream === undefined) continue;
      if (this.#addOne(columns, index, stream, numbers)) {
        stream.changedAt = nextOffset;
        counted += 1;
      }
    }
    if (counted > 0) this.#changedAt = nextOffset;
    return counted;
  }

  get hasChanged(): boolean {
    return this.#changedAt > this.#acknowledgedAt;
  }

  /**
   * The streams whose cells changed since the last acknowledged version, and all streams. Each is
   * made when it is asked for, as of then.
   */
  *changed(): Generator<StreamCells, void> {
    // Whatever changes a stream changes the sums over all streams too.
    if (!this.hasChanged) return;
    for (const [name, stream] of this.#streams) {
      if (stream.changedAt > this.#acknowledgedAt) yield this.#cellsOf(name, stream);
    }
    yield { stream: allStreams, cells: this.#cellsOverAll() };
  }

  /** All that had changed as of `version` has been acknowledged. */
  acknowledge(version: number): void {
    this.#acknowledgedAt = Math.max(this.#acknowledgedAt, version);
  }

  /** Sessions held, for the metric. */
  sessions(): number {
    return this.#sessions.size;
  }

  #findStreams(columns: AnnounceColumns, from: number, to: number): void {
    if (this.#rowIndexes.length < to) {
      this.#rowIndexes = new Int32Array(columns.numbers.length);
      this.#rowEntries = new Int32Array(columns.numbers.length);
    }
    // Most announces are of the stream of the one before.
    let name: string | undefined;
    let stream: StreamMinute | undefined;
    for (let index = from; index < to; index += 1) {
      const here = columns.streams[index] ?? '';
      if (stream === undefined || here !== name) {
        name = here;
        stream = this.#stream(here);
      }
      this.#rowStreams[index] = stream;
      this.#rowIndexes[index] = stream.index;
    }
  }

  /** The rows of the values that an announce has of facets; how many. */
  #findFacetRows(
    { places, ends }: FacetColumns,
    index: number,
    stream: StreamMinute,
    numbers: Int32Array,
  ): number {
    const start = index === 0 ? 0 : (ends[index - 1] ?? 0);
    const count = (ends[index] ?? 0) - start;
    for (let at = 0; at < count; at += 1) {
      const number = numbers[places[start + at] ?? 0] ?? 0;
      this.#announceRows[at] = stream.facetRows[number] ?? this.#addFacetRow(stream, number);
    }
    return count;
  }

  /** Counts an announce; false: it is a copy. `numbers`: of its batch's facets' values, if any. */
  #addOne(
    columns: AnnounceColumns,
    index: number,
    stream: StreamMinute,
    numbers: Int32Array | undefined,
  ): boolean {
    const number = columns.numbers[index] ?? 0;
    let entry = this.#rowEntries[index] ?? -1;
    // One that wasn't there may have come with a row before.
    if (entry < 0) entry = this.#sessions.find(columns.sessions, index * 4, stream.index);
    if (entry >= 0 && !this.#sessions.take(entry, number)) return false;
    const row = this.#row(stream, columns.qualities[index] ?? '', columns.browsers[index] ?? 0);
    const facetCount =
      numbers === undefined ? 0 : this.#findFacetRows(columns.facets, index, stream, numbers);
    this.#announceRows[facetCount] = row;
    const isViewer = columns.roles[index] === viewerRole;
    const viewerRow = isViewer ? row : noRow;
    const viewerFacets = isViewer ? facetCount : 0;
    let newViewers: 0 | 1 = 0;
    if (entry < 0) {
      entry = this.#sessions.add(columns.sessions, index * 4, stream.index, number, viewerRow);
      this.#sessions.setFacets(entry, this.#announceRows, viewerFacets);
      if (isViewer) newViewers = 1;
    } else if (number > this.#sessions.highest(entry)) {
      this.#moveViewer(entry, number, viewerRow, viewerFacets);
    }
    this.#rows.countAnnounce(this.#announceRows, facetCount + 1, newViewers, columns, index);
    return true;
  }

  /** The viewer is now where this announce, of its highest number, is. */
  #moveViewer(entry: number, number: number, viewerRow: number, facetCount: number): void {
    const before = this.#sessions.cell(entry);
    this.#sessions.setHighest(entry, number, viewerRow);
    if (before !== viewerRow) {
      this.#countViewer(before, -1);
      this.#countViewer(viewerRow, 1);
    }
    if (this.#sessions.hasFacets(entry, this.#announceRows, facetCount)) return;
    this.#countByFacets(entry, -1);
    this.#sessions.setFacets(entry, this.#announceRows, facetCount);
    this.#countByFacets(entry, 1);
  }

  #countViewer(row: number, change: 1 | -1): void {
    if (row !== noRow) this.#rows.countViewer(row, change);
  }

  #countByFacets(entry: number, change: 1 | -1): void {
    const count = this.#sessions.facetCount(entry);
    for (let at = 0; at < count; at += 1) {
      this.#rows.countViewer(this.#sessions.facet(entry, at), change);
    }
  }

  #addFacetRow({ facetNumbers, facetRows }: StreamMinute, number: number): number {
    const row = this.#rows.add();
    facetNumbers.push(number);
    facetRows[number] = row;
    return row;
  }

  #stream(name: string): StreamMinute {
    let stream = this.#streams.get(name);
    if (stream === undefined) {
      stream = {
        index: this.#streams.size,
        cells: [],
        byQuality: new Map(),
        facetNumbers: [],
        facetRows: [],
        changedAt: -1,
      };
      this.#streams.set(name, stream);
    }
    return stream;
  }

  #row(stream: StreamMinute, quality: string, browser: number): number {
    const present = stream.byQuality.get(quality)?.[browser];
    if (present !== undefined) return present.row;
    const row = this.#rows.add();
    addCellRow(stream, { row, quality, qualityOverAll: qualityOverAllStreams(quality), browser });
    return row;
  }

  #cellsOf(name: string, stream: StreamMinute): StreamCells {
    const cells = cellsOf(this.#rows, stream.cells);
    const { facetNumbers } = stream;
    if (facetNumbers.length === 0) return { stream: name, cells };
    const facets = facetNumbers.map((number): FacetCell => {
      const { facet, value } = this.#facetValues.value(number);
      return { facet, value, counts: this.#rows.counts(stream.facetRows[number] ?? 0) };
    });
    return { stream: name, cells, facets };
  }

  /** The sums of all streams' cells, by the usual qualities. */
  #cellsOverAll(): Cell[] {
    const sums = new CellRows();
    const overAll: Pick<StreamMinute, 'cells' | 'byQuality'> = { cells: [], byQuality: new Map() };
    for (const { cells } of this.#streams.values()) {
      for (const { row, qualityOverAll, browser } of cells) {
        let sum = overAll.byQuality.get(qualityOverAll)?.[browser];
        if (sum === undefined) {
          sum = { row: sums.add(), quality: qualityOverAll, qualityOverAll, browser };
          addCellRow(overAll, sum);
        }
        sums.addRow(sum.row, this.#rows, row);
      }
    }
    return cellsOf(sums, overAll.cells);
  }
}

function addCellRow(
  { cells, byQuality }: Pick<StreamMinute, 'cells' | 'byQuality'>,
  cell: CellRow,
): void {
  cells.push(cell);
  let ofQuality = byQuality.get(cell.quality);
  if (ofQuality === undefined) {
    ofQuality = [];
    byQuality.set(cell.quality, ofQuality);
  }
  ofQuality[cell.browser] = cell;
}

function cellsOf(rows: CellRows, cells: readonly CellRow[]): Cell[] {
  return cells.map(({ row, quality, browser }) => rows.cell(row, quality, browser));
}
