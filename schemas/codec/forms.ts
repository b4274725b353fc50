import type { PartialBatch } from '../records.js';
import { countsByName, countsByPlace } from './cell-formats.js';
import { firstOfPartials, partialsOfFirst, type FirstPartialBatch } from './first-partials.js';
import type { PackedPartials } from './packed-stream.js';
import { PartialsDecoder } from './partials-decoder.js';
import { PartialsEncoder } from './partials-encoder.js';
import { headerBytes, headerOfSchema } from './released-schemas.js';

/** What a schema has besides avsc's own reading and writing, which know nothing of our values. */
export interface Form {
  /** Writes most of what there is in less time; what it doesn't take is written by avsc. */
  readonly write: (header: Buffer, value: unknown) => Buffer | undefined;
  /** Reads most of what there is in less time; what it doesn't take is read by avsc. */
  readonly read: (bytes: Buffer) => unknown;
  /** As `read`, of partials: each stream as it stands. */
  readonly split: (bytes: Buffer) => PackedPartials | undefined;
  /** What avsc has read, as it stands here; a text: what of it is out of bounds. */
  readonly fromAvro: (value: unknown) => unknown;
  readonly toAvro: (value: unknown) => unknown;
}

const same = (value: unknown): unknown => value;

function partialsForm(
  format: typeof countsByName,
  hasFacets: boolean,
  avro: Pick<Form, 'fromAvro' | 'toAvro'>,
): Form {
  const encoder = new PartialsEncoder(format, hasFacets);
  const decoder = new PartialsDecoder(format, hasFacets);
  return {
    write: (header, value) => encoder.encode(header, value as PartialBatch),
    read: (bytes) => decoder.decode(bytes, headerBytes),
    split: (bytes) => decoder.split(bytes, headerBytes),
    ...avro,
  };
}

/** Stage 1 writes, and stage 2 reads, all cells of all streams by these, again and again. */
const forms: ReadonlyMap<string, Form> = new Map([
  [
    headerOfSchema('partial-batch.v1').toString('hex'),
    partialsForm(countsByName, false, {
      fromAvro: (value) => partialsOfFirst(value as FirstPartialBatch),
      toAvro: (value) => firstOfPartials(value as PartialBatch),
    }),
  ],
  [
    headerOfSchema('partial-batch.v2').toString('hex'),
    partialsForm(countsByPlace, false, { fromAvro: same, toAvro: same }),
  ],
  [
    headerOfSchema('partial-batch.v3').toString('hex'),
    partialsForm(countsByPlace, true, { fromAvro: same, toAvro: same }),
  ],
]);

/** The form of the schema with this single-object header. */
export function formOf(header: Buffer): Form | undefined {
  return forms.get(header.toString('hex'));
}
