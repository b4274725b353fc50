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
export { streamBase, type Points } from './expected-graphite.js';
export { pointsOf, readPoints, render } from './sources.js';
export type { Difference, Differences } from './tables.js';
