import { kindTable, type KindName } from '../../../metrics/figure-table.js';
import type { RangeSeries } from '../../../metrics/range-series.js';
import type {
  MadeToken,
  NewToken,
  NewUser,
  SessionAnswer,
  TokenAnswer,
  TokenList,
  UserAnswer,
  UserChange,
  UserList,
} from '../../../routes/account-shapes.js';
import type {
  FacetAnswer,
  HoldbackAnswer,
  MetricsAnswer,
  NowAnswer,
  NowRow,
} from '../../../routes/metric-shapes.js';
import type { GroupList, HistoryAnswer, StreamAnswer } from '../../../routes/stream-shapes.js';
import type { SystemAnswer } from '../../../routes/system-shapes.js';
import type { ImportAnswer, ImportResult } from '../../../routes/transfer-shapes.js';

/** What the API answers: the shapes of its routes, and parts of them that pages name. */
export type {
  FacetAnswer,
  GroupList,
  HistoryAnswer,
  HoldbackAnswer,
  ImportAnswer,
  ImportResult,
  MadeToken,
  NewToken,
  NewUser,
  MetricsAnswer,
  NowAnswer,
  NowRow,
  SessionAnswer,
  StreamAnswer,
  SystemAnswer,
  TokenAnswer,
  TokenList,
  UserAnswer,
  UserChange,
  UserList,
};

export type Values = readonly (number | null)[];
export type MetricSeries = RangeSeries;
export type FiguresState = MetricsAnswer['state'];
export type Role = SessionAnswer['role'];
export type HistoryEntry = HistoryAnswer['entries'][number];
export type HoldbackVerdict = HoldbackAnswer['verdicts'][number];
export type Node = SystemAnswer['trackers'][number];

type Kind<Name extends KindName> = (typeof kindTable)[Name]['kinds'][number];
export const cdnReasons = kindTable.cdnByReason.kinds;
export type CdnReason = Kind<'cdnByReason'>;
export const errorKinds = kindTable.errors.kinds;
