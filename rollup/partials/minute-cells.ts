import {
  allStreams,
  qualityOverAllStreams,
  type Announce,
  type Cell,
  type StreamCells,
} from '../../schemas/index.js';
import { addAnnounce, cellKey, emptyCell } from '../cells.js';
import { SessionNumbers } from './session-numbers.js';

/** A cell of one stream, with the cell of the same announces over all streams. */
interface LinkedCell {
  readonly own: Cell;
  readonly overAll: Cell;
}

interface Viewer {
  readonly numbers: SessionNumbers;
  highest: number;
  cell: LinkedCell;
}

interface StreamMinute {
  readonly cells: Map<string, LinkedCell>;
  readonly viewers: Map<string, Viewer>;
  /** The offset after the record that changed it last. */
  changedAt: number;
  /** The version that was last acknowledged; −1 before. */
  acknowledgedAt: number;
}

/** One minute of one input partition: every stream's cells, and those over all streams. */
export class MinuteCells {
  readonly #streams = new Map<string, StreamMinute>();
  readonly #overAll = new Map<string, Cell>();
  #overAllChangedAt = -1;
  #overAllAcknowledgedAt = -1;

  /** `firstOffset`: of the first record that holds something of this minute. */
  constructor(readonly firstOffset: number) {}

  /** Counts an announce that stands in the record before `nextOffset`; false when it is a copy. */
  add(announce: Announce, nextOffset: number): boolean {
    const stream = this.#stream(announce.stream);
    const sessionKey = announce.session.toString('latin1');
    const viewer = stream.viewers.get(sessionKey);
    if (viewer !== undefined && !viewer.numbers.take(announce.number)) return false;
    const cell = this.#cell(stream, announce);
    if (viewer === undefined) {
      const numbers = new SessionNumbers(announce.number);
      stream.viewers.set(sessionKey, { numbers, highest: announce.number, cell });
      countViewer(cell, 1);
    } else if (announce.number > viewer.highest) {
      countViewer(viewer.cell, -1);
      countViewer(cell, 1);
      viewer.highest = announce.number;
      viewer.cell = cell;
    }
    addAnnounce(cell.own, announce);
    addAnnounce(cell.overAll, announce);
    stream.changedAt = nextOffset;
    this.#overAllChangedAt = nextOffset;
    return true;
  }

  /** The streams whose cells changed since their last acknowledged version. The cells are live: encode them at once. */
  changed(): StreamCells[] {
    const changed: StreamCells[] = [];
    // Whatever changes a stream changes the sums over all streams too.
    if (this.#overAllChangedAt <= this.#overAllAcknowledgedAt) return changed;
    for (const [stream, { cells, changedAt, acknowledgedAt }] of this.#streams) {
      if (changedAt > acknowledgedAt) {
        changed.push({ stream, cells: [...cells.values()].map((cell) => cell.own) });
      }
    }
    changed.push({ stream: allStreams, cells: [...this.#overAll.values()] });
    return changed;
  }

  /** The streams' cells as of `version` have been acknowledged. */
  acknowledge(streams: readonly string[], version: number): void {
    for (const name of streams) {
      if (name === allStreams) {
        this.#overAllAcknowledgedAt = Math.max(this.#overAllAcknowledgedAt, version);
        continue;
      }
      const stream = this.#streams.get(name);
      if (stream !== undefined) stream.acknowledgedAt = Math.max(stream.acknowledgedAt, version);
    }
  }

  /** Sessions held, for the metric. */
  sessions(): number {
    let sessions = 0;
    for (const stream of this.#streams.values()) sessions += stream.viewers.size;
    return sessions;
  }

  #stream(name: string): StreamMinute {
    let stream = this.#streams.get(name);
    if (stream === undefined) {
      stream = { cells: new Map(), viewers: new Map(), changedAt: -1, acknowledgedAt: -1 };
      this.#streams.set(name, stream);
    }
    return stream;
  }

  #cell(stream: StreamMinute, announce: Announce): LinkedCell {
    const key = cellKey(announce.quality, announce.browser);
    let cell = stream.cells.get(key);
    if (cell === undefined) {
      const quality = qualityOverAllStreams(announce.quality);
      const overAllKey = cellKey(quality, announce.browser);
      let overAll = this.#overAll.get(overAllKey);
      if (overAll === undefined) {
        overAll = emptyCell(quality, announce.browser);
        this.#overAll.set(overAllKey, overAll);
      }
      cell = { own: emptyCell(announce.quality, announce.browser), overAll };
      stream.cells.set(key, cell);
    }
    return cell;
  }
}

function countViewer(cell: LinkedCell, change: 1 | -1): void {
  cell.own.viewers += change;
  cell.overAll.viewers += change;
}
