import type { Cell, FacetCell, PartialBatch } from '../records.js';

/** Reads again what it has found in a record. */
interface Unpacker {
  cellsAt(bytes: Uint8Array, position: number): Cell[];
  facetsAt(bytes: Uint8Array, position: number): FacetCell[];
}

/** A record of partials, in memory of its own. */
export interface KeptRecord extends Omit<PartialBatch, 'streams'> {
  readonly bytes: Uint8Array;
  readonly unpacker: Unpacker;
}

/**
 * What one partial tells of a stream, as it stands in its record. Stage 2 keeps those of many
 * streams for minutes, and of a heap of their cells and counts the collector would look through all
 * again and again.
 */
export class PackedStream {
  constructor(
    readonly stream: string,
    readonly record: KeptRecord,
    private readonly cellsFrom: number,
    readonly cellCount: number,
    private readonly facetsFrom: number,
    readonly facetCount: number,
  ) {}

  /** New objects each time. */
  cells(): Cell[] {
    const { unpacker, bytes } = this.record;
    return unpacker.cellsAt(bytes, this.cellsFrom);
  }

  /** New objects each time. */
  facets(): FacetCell[] {
    const { unpacker, bytes } = this.record;
    return this.facetCount === 0 ? [] : unpacker.facetsAt(bytes, this.facetsFrom);
  }
}

export interface PackedPartials extends Omit<PartialBatch, 'streams'> {
  readonly streams: readonly PackedStream[];
}
