export {
  announceLimits,
  reported,
  reportedFields,
  reportedNumber,
  type Reported,
  type ReportedNumber,
} from './announce-fields.js';
export * from './announce-words.js';
export { AnnounceColumns, browserAt } from './codec/announce-columns.js';
export type { FacetColumns } from './codec/facet-columns.js';
export { AnnounceDecoder } from './codec/announce-decoder.js';
export {
  AnnounceEncoder,
  encodeAnnounceBatch,
  type PutAnnounces,
} from './codec/announce-encoder.js';
export { isOfFirst } from './codec/cell-formats.js';
export { codec, type Decoded, type DecodeFailure } from './codec/codec.js';
export { PackedStream, type PackedPartials } from './codec/packed-stream.js';
export { headerOfSchema } from './codec/released-schemas.js';
export * from './commit-metadata.js';
export {
  counterNames,
  counterOf,
  counterTable,
  histogramNames,
  sumNames,
  type CounterColumns,
  type CounterName,
  type Counters,
  type HistogramName,
  type SumName,
} from './counter-table.js';
export * from './counters.js';
export * from './counts.js';
export * from './facet-words.js';
export { firstAnnounce } from './first-announce.js';
export { facetLimits, isFacetInBounds, isFacetValueInBounds } from './limits.js';
export * from './histograms.js';
export * from './minutes.js';
export * from './names.js';
export { neighbourLimits, neighbourMessageError } from './neighbour-limits.js';
export { readReported } from './read-reported.js';
export * from './records.js';
export { newestRecordsVersion, partialsVersion } from './records-version.js';
export * from './saturation.js';
export * from './session-id.js';
export { untoldValue, withUntold } from './untold-facets.js';
export { writeAscii } from './codec/write-ascii.js';
export { writtenFunction } from './written-function.js';
