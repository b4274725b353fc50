export {
  clickHouseError,
  clickHouseSettings,
  openClickHouse,
  type ClickHouse,
  type ClickHouseOptions,
} from './client.js';
export { defaultDatabase, migrate, prepareDatabase, type PrepareOptions } from './prepare.js';
export { insertStreamMinutes, type StreamMinute } from './stream-minutes.js';
