import { browsers, type Cell, type PartialBatch } from '../records.js';
import { writtenFunction } from '../written-function.js';
import { cellSource } from './cell-fields.js';
import { numberBytesMax, VarintWriter } from './varint-writer.js';

type CellWriter = (writer: VarintWriter, cell: Cell) => void;

/**
 * Writes batches of partials by the newest schema, of which stage 1 makes all cells of all streams
 * again and again: byte for byte what avsc writes (a property test holds it to that), in less time.
 */
export class PartialsEncoder {
  readonly #writer = new VarintWriter();
  readonly #writeCell: CellWriter;

  /** `cellFields`: the fields of a cell in the schema's order. */
  constructor(cellFields: readonly string[]) {
    const fields = cellSource(cellFields, {
      quality: 'writer.text(cell.quality); writer.reserve(room);',
      browser: 'writer.whole(browsers.indexOf(cell.browser));',
      sum: (name) => `writer.whole(cell.${name});`,
      histogram: (name) => `writer.wholes(cell.${name}); writer.reserve(room);`,
    });
    this.#writeCell = writtenFunction(
      `return function writeCell(writer, cell) { ${fields.join('\n')} };`,
      { browsers, room: cellFields.length * numberBytesMax },
    ) as CellWriter;
  }

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
    for (const { stream, cells } of batch.streams) {
      writer.text(stream);
      writer.reserve(2 * numberBytesMax);
      writer.whole(cells.length);
      for (const cell of cells) this.#writeCell(writer, cell);
      if (cells.length > 0) writer.whole(0);
    }
    writer.reserve(numberBytesMax);
    if (batch.streams.length > 0) writer.whole(0);
    return writer.isPlain ? writer.written() : undefined;
  }
}
