export {
  readCountedFacets,
  readCountedMinutes,
  readCountedOverAll,
  readRawRange,
  readStoredTimes,
  readStreamMinuteFacets,
  readStreamMinutes,
  readStreamSizes,
  type MinuteSpan,
  type RawRange,
  type StreamSize,
} from './audit.js';
export {
  clickHouseError,
  clickHouseOptions,
  clickHouseSettings,
  openClickHouse,
  type ClickHouse,
  type ClickHouseOptions,
} from './client.js';
export {
  facetCellOfRow,
  fullFacetRow,
  type FacetMinuteRow,
  type FullFacetMinuteRow,
} from './facet-minutes.js';
export {
  insertFullRows,
  insertMinuteRows,
  type MinuteRow,
  type MinuteRows,
} from './insert-minutes.js';
export { isRowRefusal, PassingInserts, type RefusedPart } from './passing-inserts.js';
export { encodedString, RowBinaryWriter, viewOf } from './row-binary.js';
export { migrate, prepareDatabase, type PrepareOptions } from './prepare.js';
export {
  cellOfRow,
  histogramColumns,
  minuteRow,
  streamMinuteRow,
  sumColumns,
  type CellMinuteRow,
  type CellPlace,
  type StreamMinuteRow,
} from './stream-minutes.js';
