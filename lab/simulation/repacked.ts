import { packedPartials } from '../../rollup/totals/packed-partials.js';
import type { PackedStream } from '../../schemas/index.js';

/** A part of stage 2 as if its record had been another. */
export function repacked(
  part: PackedStream,
  change: { readonly version?: number; readonly isWithoutFacets?: boolean },
): PackedStream {
  const { stream, record } = part;
  const { inputPartition, minute } = record;
  const version = change.version ?? record.version;
  const facets = change.isWithoutFacets === true ? [] : part.facets();
  const streams = [{ stream, cells: part.cells(), facets }];
  const [packed] = packedPartials({ inputPartition, minute, version, streams }).streams;
  if (packed === undefined) throw new Error('a part without its stream');
  return packed;
}
