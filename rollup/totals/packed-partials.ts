import {
  codec,
  type AnyRecord,
  type Decoded,
  type PackedPartials,
  type PartialBatch,
} from '../../schemas/index.js';

/** As `AnyRecord`, its partials packed. */
export type PackedRecord =
  | { readonly type: 'PartialBatch'; readonly value: PackedPartials }
  | Exclude<AnyRecord, { readonly type: 'PartialBatch' }>;

/** As `Decoded`, its partials packed. */
export type DecodedPacked =
  { readonly ok: true; readonly record: PackedRecord } | Extract<Decoded, { readonly ok: false }>;

export function decodePacked(bytes: Buffer | null): DecodedPacked {
  const packed = codec().split(bytes);
  if (packed !== undefined) return { ok: true, record: { type: 'PartialBatch', value: packed } };
  const decoded = codec().decode(bytes);
  if (!decoded.ok) return decoded;
  const { record } = decoded;
  if (record.type !== 'PartialBatch') return { ok: true, record };
  return { ok: true, record: { type: record.type, value: packedPartials(record.value) } };
}

/** The same, as we would have written it. */
export function packedPartials(batch: PartialBatch): PackedPartials {
  const packed = codec().split(codec().encode('PartialBatch', batch));
  if (packed === undefined) throw new Error('partials that are written cannot be read');
  return packed;
}
