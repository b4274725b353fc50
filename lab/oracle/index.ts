export {
  compareMinutes,
  compareOnce,
  compareUntilEqual,
  readLedgerFiles,
  type CompareOptions,
  type Comparison,
  type SinkOptions,
} from './compare.js';
export type { ExpectedCell } from './expected-cells.js';
export type { Points } from './expected-graphite.js';
export { LedgerTail } from './ledger-tail.js';
export { MinuteProbe } from './minute-probe.js';
export { clickHouseCounts, graphiteHasMinute, graphitePrefix } from './sink-probes.js';
export { readPoints, streamTargets } from './sources.js';
export { Differences, type Difference } from './tables.js';
