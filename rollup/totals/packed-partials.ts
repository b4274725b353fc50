import type {
  AnyRecord,
  Browser,
  Decoded,
  PartialBatch,
  StreamCells,
} from '../../schemas/index.js';
import { PackedCounts } from './packed-counts.js';

/** What one partial tells of a stream. */
export interface PackedStream {
  readonly stream: string;
  readonly cells: PackedCounts<Browser>;
  readonly facets: PackedCounts;
}

export interface PackedPartials extends Omit<PartialBatch, 'streams'> {
  readonly streams: readonly PackedStream[];
}

/** As `AnyRecord`, its partials packed. */
export type PackedRecord =
  | { readonly type: 'PartialBatch'; readonly value: PackedPartials }
  | Exclude<AnyRecord, { readonly type: 'PartialBatch' }>;

/** As `Decoded`, its partials packed. */
export type DecodedPacked =
  { readonly ok: true; readonly record: PackedRecord } | Extract<Decoded, { readonly ok: false }>;

export function packedDecoded(decoded: Decoded): DecodedPacked {
  if (!decoded.ok) return decoded;
  const { record } = decoded;
  if (record.type !== 'PartialBatch') return { ok: true, record };
  return { ok: true, record: { type: record.type, value: packedPartials(record.value) } };
}

export function packedPartials({ streams, ...rest }: PartialBatch): PackedPartials {
  return { ...rest, streams: streams.map(packedStream) };
}

function packedStream({ stream, cells, facets = [] }: StreamCells): PackedStream {
  return {
    stream,
    cells: new PackedCounts(
      cells,
      cells.map(({ quality }) => quality),
      cells.map(({ browser }) => browser),
    ),
    facets: new PackedCounts(
      facets,
      facets.map(({ facet }) => facet),
      facets.map(({ value }) => value),
    ),
  };
}
