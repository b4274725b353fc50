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
import { grownFloats } from './grown.js';
import { SessionTable } from './session-table.js';
import { StreamRows } from './stream-rows.js';

/** What a row of any stream may stand for: a quality and a browser's index. */
interface CellKind {
  readonly quality: string;
  readonly qualityOverAll: string;
  readonly browser: number;
}

const noKind: CellKind = { quality: '', qualityOverAll: '', browser: 0 };

/** What rows stand for, numbered: cells have the even numbers, values of facets the odd ones. */
class CellKinds {
  readonly #byQuality = new Map<string, (number | undefined)[]>();
  readonly #all: CellKind[] = [];

  number(quality: string, browser: number): number {
    return this.#byQuality.get(quality)?.[browser] ?? this.#add(quality, browser);
  }

  kind(number: number): CellKind {
    return this.#all[number >> 1] ?? noKind;
  }

  #add(quality: string, browser: number): number {
    const qualityOverAll = qualityOverAllStreams(quality);
    const number = this.#all.push({ quality, qualityOverAll, browser }) * 2 - 2;
    let ofQuality = this.#byQuality.get(quality);
    if (ofQuality === undefined) {
      ofQuality = [];
      this.#byQuality.set(quality, ofQuality);
    }
    ofQuality[browser] = number;
    return number;
  }
}

function isOfFacet(kind: number): boolean {
  return (kind & 1) === 1;
}

/** Where a session is counted that is no viewer. */
const noRow = -1;
const viewerRole = roles.indexOf('viewer');
const firstStreams = 16;

/** One minute of one input partition: every stream's cells. */
export class MinuteCells {
  /** Streams' indexes by their keys. */
  readonly #streams = new Map<string, number>();
  /** By a stream's index: the offset after the record that changed it last. */
  #streamsChangedAt = new Float64Array(firstStreams);
  readonly #index: StreamRows;
  readonly #kinds = new CellKinds();
  readonly #rows: CellRows;
  readonly #sessions: SessionTable;
  readonly #facetValues = new FacetValues();
  /** Of the announce that is being added: the rows of its facets' values, and its cell's behind. */
  readonly #announceRows = new Int32Array(facetLimits.perAnnounceMax + 1);
  /** By row of the columns that are being added: the stream's index, and the session's entry. */
  #rowStreams = new Int32Array(0);
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
    this.#index = new StreamRows(hashSeed, like === undefined ? undefined : like.#index);
  }

  /**
   * Counts the announces in rows `from` to `to` (exclusive), which stand in the record before
   * `nextOffset`; how many of them were counted: the others are copies.
   */
  add(columns: AnnounceColumns, from: number, to: number, nextOffset: number): number {
    this.#findStreams(columns, from, to);
    // All sessions first: what their entries wait for in memory then comes for many at once.
    this.#sessions.findAll(columns.sessions, from, to, this.#rowStreams, this.#rowEntries);
    const { facets } = columns;
    const numbers =
      facets.valueCount > 0 ? this.#facetValues.numbersOf(facets, nextOffset) : undefined;
    let counted = 0;
    for (let index = from; index < to; index += 1) {
      const stream = this.#rowStreams[index] ?? 0;
      if (this.#addOne(columns, index, stream, numbers)) {
        this.#streamsChangedAt[stream] = nextOffset;
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
      const changedAt = this.#streamsChangedAt[stream] ?? -1;
      if (changedAt > this.#acknowledgedAt) yield this.#cellsOf(name, stream);
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
    if (this.#rowStreams.length < to) {
      this.#rowStreams = new Int32Array(columns.numbers.length);
      this.#rowEntries = new Int32Array(columns.numbers.length);
    }
    // Most announces are of the stream of the one before.
    let name: string | undefined;
    let stream = 0;
    for (let index = from; index < to; index += 1) {
      const here = columns.streams[index] ?? '';
      if (here !== name) {
        name = here;
        stream = this.#stream(here);
      }
      this.#rowStreams[index] = stream;
    }
  }

  /** The rows of the values that an announce has of facets; how many. */
  #findFacetRows(
    { places, ends }: FacetColumns,
    index: number,
    stream: number,
    numbers: Int32Array,
  ): number {
    const start = index === 0 ? 0 : (ends[index - 1] ?? 0);
    const count = (ends[index] ?? 0) - start;
    for (let at = 0; at < count; at += 1) {
      const number = numbers[places[start + at] ?? 0] ?? 0;
      this.#announceRows[at] = this.#row(stream, 2 * number + 1);
    }
    return count;
  }

  /** Counts an announce; false: it is a copy. `numbers`: of its batch's facets' values, if any. */
  #addOne(
    columns: AnnounceColumns,
    index: number,
    stream: number,
    numbers: Int32Array | undefined,
  ): boolean {
    const number = columns.numbers[index] ?? 0;
    let entry = this.#rowEntries[index] ?? -1;
    // One that wasn't there may have come with a row before.
    if (entry < 0) entry = this.#sessions.find(columns.sessions, index * 4, stream);
    if (entry >= 0 && !this.#sessions.take(entry, number)) return false;
    const kind = this.#kinds.number(columns.qualities[index] ?? '', columns.browsers[index] ?? 0);
    const row = this.#row(stream, kind);
    const facetCount =
      numbers === undefined ? 0 : this.#findFacetRows(columns.facets, index, stream, numbers);
    this.#announceRows[facetCount] = row;
    const isViewer = columns.roles[index] === viewerRole;
    const viewerRow = isViewer ? row : noRow;
    const viewerFacets = isViewer ? facetCount : 0;
    let newViewers: 0 | 1 = 0;
    if (entry < 0) {
      entry = this.#sessions.add(columns.sessions, index * 4, stream, number, viewerRow);
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

  #stream(name: string): number {
    return this.#streams.get(name) ?? this.#addStream(name);
  }

  #addStream(name: string): number {
    const stream = this.#streams.size;
    this.#streams.set(name, stream);
    if (stream >= this.#streamsChangedAt.length) {
      this.#streamsChangedAt = grownFloats(this.#streamsChangedAt, 2 * stream);
    }
    this.#streamsChangedAt[stream] = -1;
    return stream;
  }

  /** The row of a stream's kind, which it gets where it has none. */
  #row(stream: number, kind: number): number {
    const row = this.#index.find(stream, kind);
    if (row >= 0) return row;
    this.#rows.add();
    return this.#index.add(stream, kind);
  }

  #cellsOf(name: string, stream: number): StreamCells {
    const cells: Cell[] = [];
    const facets: FacetCell[] = [];
    for (let row = this.#index.first(stream); row >= 0; row = this.#index.next(row)) {
      const kind = this.#index.kind(row);
      if (isOfFacet(kind)) {
        const { facet, value } = this.#facetValues.value(kind >> 1);
        facets.push({ facet, value, counts: this.#rows.counts(row) });
      } else {
        const { quality, browser } = this.#kinds.kind(kind);
        cells.push(this.#rows.cell(row, quality, browser));
      }
    }
    return facets.length === 0 ? { stream: name, cells } : { stream: name, cells, facets };
  }

  /** The sums of all streams' cells, by the usual qualities. */
  #cellsOverAll(): Cell[] {
    const sums = new CellRows();
    const sumRows: number[] = [];
    const overAll = new CellKinds();
    for (let row = 0; row < this.#index.count; row += 1) {
      const kind = this.#index.kind(row);
      if (isOfFacet(kind)) continue;
      const { qualityOverAll, browser } = this.#kinds.kind(kind);
      const kindOverAll = overAll.number(qualityOverAll, browser);
      if (kindOverAll >> 1 === sumRows.length) sumRows.push(sums.add());
      sums.addRow(sumRows[kindOverAll >> 1] ?? 0, this.#rows, row);
    }
    return sumRows.map((row, at) => {
      const { quality, browser } = overAll.kind(2 * at);
      return sums.cell(row, quality, browser);
    });
  }
}
