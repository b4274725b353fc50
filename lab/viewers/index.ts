export { homes } from './homes.js';
export type { Ledger, LedgerEntry, LedgerTotals } from './ledger.js';
export type { ViewersStatus } from './statistics.js';
export { viewersProcess, type ViewersOptions, type ViewersProcess } from './viewers-process.js';
