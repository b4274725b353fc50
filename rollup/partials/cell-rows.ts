import {
  bucketOf,
  browserAt,
  stallBoundsMs,
  startupBoundsMs,
  type AnnounceColumns,
  type Cell,
} from '../../schemas/index.js';

/** A row's columns: the plain counters in this order, then the buckets of both histograms. */
const viewersColumn = 0;
const announcesColumn = 1;
const watchedColumn = 2;
const stalledColumn = 3;
const stallsColumn = 4;
const cdnColumn = 5;
const peerColumn = 6;
const uploadedColumn = 7;
const droppedColumn = 8;
const errorsColumn = 9;
const startupColumn = 10;
const stallColumn = startupColumn + startupBoundsMs.length + 1;
const rowColumns = stallColumn + stallBoundsMs.length + 1;

const firstRows = 16;

/** The counters of one minute's cells as rows of one array of doubles: sums are exact to 2^53. */
export class CellRows {
  #counters = new Float64Array(firstRows * rowColumns);
  #rows = 0;

  /** A new row of zeros. */
  add(): number {
    const row = this.#rows;
    this.#rows += 1;
    if (this.#rows * rowColumns > this.#counters.length) {
      const grown = new Float64Array(this.#counters.length * 2);
      grown.set(this.#counters);
      this.#counters = grown;
    }
    return row;
  }

  countViewer(row: number, change: 1 | -1): void {
    this.#increase(row * rowColumns + viewersColumn, change);
  }

  /** Adds what an announce reports to its cell; all but the viewer. */
  countAnnounce(row: number, columns: AnnounceColumns, index: number): void {
    const base = row * rowColumns;
    this.#increase(base + announcesColumn, 1);
    this.#increase(base + watchedColumn, columns.watchedMs[index] ?? 0);
    this.#increase(base + cdnColumn, columns.cdnBytes[index] ?? 0);
    this.#increase(base + peerColumn, columns.peerBytes[index] ?? 0);
    this.#increase(base + uploadedColumn, columns.uploadedBytes[index] ?? 0);
    this.#increase(base + droppedColumn, columns.droppedFrames[index] ?? 0);
    this.#increase(base + errorsColumn, columns.errors[index] ?? 0);
    const startupMs = columns.startupMs[index] ?? -1;
    if (startupMs >= 0) {
      this.#increase(base + startupColumn + bucketOf(startupMs, startupBoundsMs), 1);
    }
    const stalledMs = columns.stalledMs[index] ?? 0;
    this.#increase(base + stalledColumn, stalledMs);
    const stalls = columns.stalls[index] ?? 0;
    if (stalls > 0) {
      this.#increase(base + stallsColumn, stalls);
      this.#increase(base + stallColumn + bucketOf(stalledMs / stalls, stallBoundsMs), stalls);
    }
  }

  /** Adds a row of others to a row of these. */
  addRow(row: number, others: CellRows, otherRow: number): void {
    const base = row * rowColumns;
    const otherBase = otherRow * rowColumns;
    for (let column = 0; column < rowColumns; column += 1) {
      this.#increase(base + column, others.#counters[otherBase + column] ?? 0);
    }
  }

  /** The cell as of now. */
  cell(row: number, quality: string, browser: number): Cell {
    const counters = this.#counters;
    const base = row * rowColumns;
    return {
      quality,
      browser: browserAt(browser),
      viewers: counters[base + viewersColumn] ?? 0,
      announces: counters[base + announcesColumn] ?? 0,
      watchedMs: counters[base + watchedColumn] ?? 0,
      stalledMs: counters[base + stalledColumn] ?? 0,
      stalls: counters[base + stallsColumn] ?? 0,
      cdnBytes: counters[base + cdnColumn] ?? 0,
      peerBytes: counters[base + peerColumn] ?? 0,
      uploadedBytes: counters[base + uploadedColumn] ?? 0,
      droppedFrames: counters[base + droppedColumn] ?? 0,
      errors: counters[base + errorsColumn] ?? 0,
      startupHistogram: this.#buckets(base + startupColumn, base + stallColumn),
      stallHistogram: this.#buckets(base + stallColumn, base + rowColumns),
    };
  }

  #buckets(start: number, end: number): number[] {
    const buckets: number[] = [];
    for (let at = start; at < end; at += 1) buckets.push(this.#counters[at] ?? 0);
    return buckets;
  }

  #increase(at: number, change: number): void {
    this.#counters[at] = (this.#counters[at] ?? 0) + change;
  }
}
