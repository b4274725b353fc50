import type { PartialBatch, StreamCells } from '../records.js';

/** Reads again what it has packed. */
interface Unpacker {
  unpack(packed: string): Omit<StreamCells, 'stream'>;
}

/**
 * What one partial tells of a stream, as it stood in the record: one string, its bytes as
 * characters. Stage 2 keeps those of many streams for minutes, and of a heap of their cells and
 * counts the collector would look through all again and again.
 */
export class PackedStream {
  constructor(
    readonly stream: string,
    readonly cellCount: number,
    private readonly packed: string,
    private readonly unpacker: Unpacker,
  ) {}

  /** New objects each time. */
  told(): Omit<StreamCells, 'stream'> {
    return this.unpacker.unpack(this.packed);
  }
}

export interface PackedPartials extends Omit<PartialBatch, 'streams'> {
  readonly streams: readonly PackedStream[];
}
