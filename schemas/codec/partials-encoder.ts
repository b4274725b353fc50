import { browsers } from '../announce-words.js';
import type { FacetCell, PartialBatch } from '../records.js';
import type { CellFormat } from './cell-formats.js';
import { numberBytesMax, VarintWriter } from './varint-writer.js';

/** More than the counts of a cell take where each counter has a field: 10, and 36 buckets. */
const cellBytesMax = 60 * numberBytesMax;

/**
 * Writes batches of partials, of which stage 1 makes all cells of all streams again and again: byte
 * for byte what avsc writes (a property test holds it to that), in less time.
 */
export class PartialsEncoder {
  readonly #writer = new VarintWriter();

  /** Without `hasFacets` the schema has none, and they are left out. */
  constructor(
    private readonly format: CellFormat,
    private readonly hasFacets: boolean,
  ) {}

  /**
   * Header and body; undefined when a number is none that a cell can have, which avsc may judge.
   */
  encode(header: Uint8Array, batch: PartialBatch): Buffer | undefined {
    const writer = this.#writer;
    writer.begin(header);
    writer.reserve(4 * numberBytesMax);
    writer.whole(batch.inputPartition);
    writer.whole(batch.minute);
    writer.whole(batch.version);
    writer.whole(batch.streams.length);
    for (const { stream, cells, facets = [] } of batch.streams) {
      writer.text(stream);
      writer.reserve(numberBytesMax);
      writer.whole(cells.length);
      for (const { quality, browser, counts } of cells) {
        writer.text(quality);
        writer.reserve(cellBytesMax);
        writer.whole(browsers.indexOf(browser));
        this.format.write(writer, counts);
      }
      writer.reserve(numberBytesMax);
      if (cells.length > 0) writer.whole(0);
      if (this.hasFacets) this.#facets(facets);
    }
    writer.reserve(numberBytesMax);
    if (batch.streams.length > 0) writer.whole(0);
    return writer.isPlain ? writer.written() : undefined;
  }

  #facets(facets: readonly FacetCell[]): void {
    const writer = this.#writer;
    writer.reserve(numberBytesMax);
    writer.whole(facets.length);
    for (const { facet, value, counts } of facets) {
      writer.text(facet);
      writer.text(value);
      writer.reserve(cellBytesMax);
      this.format.write(writer, counts);
    }
    writer.reserve(numberBytesMax);
    if (facets.length > 0) writer.whole(0);
  }
}
