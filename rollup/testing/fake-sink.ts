import { plainCellOf, type SinkName } from '../../schemas/index.js';
import type { MinuteWrite, Sink, WriteReceipt } from '../sinks/sink.js';
import type { CellsByKey } from './announces.js';
import { countKey } from './announces.js';

/** A sink in memory with ClickHouse's way (versions) or Graphite's (the last write stays). */
export class FakeSink implements Sink {
  readonly name: SinkName;
  readonly cells: CellsByKey = new Map();
  readonly writes: MinuteWrite[] = [];
  readonly #versions = new Map<string, number>();
  epoch = 0;
  isAway = false;
  takesAt = 0;

  constructor(
    readonly isVersioned: boolean,
    private readonly now: () => number = () => 0,
  ) {
    this.name = isVersioned ? 'clickhouse' : 'graphite';
  }

  write(write: MinuteWrite): WriteReceipt | undefined {
    if (this.isAway) return undefined;
    this.writes.push(write);
    for (const { stream, cells } of write.totals) {
      for (const cell of cells) {
        const key = countKey(stream, write.minute, cell.quality, cell.browser);
        if (this.isVersioned && (this.#versions.get(key) ?? -1) > write.version) continue;
        this.#versions.set(key, write.version);
        this.cells.set(key, plainCellOf(cell));
      }
    }
    const { epoch } = this;
    return { isTaken: () => this.epoch === epoch && this.now() >= this.takesAt };
  }

  problem(): string | undefined {
    return undefined;
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
