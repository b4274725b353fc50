export {
  readCountedMinutes,
  readCountedOverAll,
  readRawRange,
  readStoredTimes,
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
export { insertWhatPasses, isRowRefusal } from './insert-what-passes.js';
export { migrate, prepareDatabase, type PrepareOptions } from './prepare.js';
export {
  cellOfRow,
  histogramColumns,
  insertStreamMinutes,
  streamMinuteRow,
  sumColumns,
  type StreamMinuteRow,
} from './stream-minutes.js';
