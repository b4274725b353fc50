import { kindTable, type KindName } from '../../../metrics/figure-table.js';
import type { RangeSeries } from '../../../metrics/range-series.js';
import type {
  AccountHistory,
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
  MetricsAnswer as WholeMetricsAnswer,
  NowAnswer,
  NowRow,
  PeakAnswer,
} from '../../../routes/metric-shapes.js';
import type {
  ChangesAnswer,
  GroupList,
  HistoryAnswer,
  StreamAnswer,
} from '../../../routes/stream-shapes.js';
import type { SystemAnswer } from '../../../routes/system-shapes.js';
import type { ImportAnswer, ImportResult } from '../../../routes/transfer-shapes.js';

/** What the API answers: the shapes of its routes, and parts of them that pages name. */
export type {
  AccountHistory,
  ChangesAnswer,
  FacetAnswer,
  GroupList,
  HistoryAnswer,
  HoldbackAnswer,
  ImportAnswer,
  ImportResult,
  MadeToken,
  NewToken,
  NewUser,
  NowAnswer,
  NowRow,
  PeakAnswer,
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
export type FiguresState = WholeMetricsAnswer['state'];
export type Role = SessionAnswer['role'];
export type HistoryEntry = HistoryAnswer['entries'][number];
export type HoldbackVerdict = HoldbackAnswer['verdicts'][number];
export type Node = SystemAnswer['trackers'][number];

type Kind<Name extends KindName> = (typeof kindTable)[Name]['kinds'][number];
export const cdnReasons = kindTable.cdnByReason.kinds;
export type CdnReason = Kind<'cdnByReason'>;
export const errorKinds = kindTable.errors.kinds;
export const startupBins = kindTable.startupHistogram.kinds;

/** Series of one value a step each, of which a page sums up what it tells first. */
const summarySeries = [
  'viewers',
  'viewersAverage',
  'cdnBytes',
  'peerBytes',
  'stalledMs',
  'stallRatio',
  'startupP50Ms',
  'playedBitrateMs',
  'bitrateKbps',
  'viewsBegun',
  'viewsPlayed',
  'startsFailed',
] as const;

/** Those that are drawn besides. */
const detailSeries = [
  'startupP95Ms',
  'latencyP50Ms',
  'latencyP95Ms',
  'startsGivenUp',
  'playbacksFailed',
] as const;

/** What a page asks for; each series is a file or more that has to be read for it. */
export const seriesOf = {
  state: ['viewers'],
  summary: summarySeries,
  overview: [...summarySeries, 'cdnByReason'],
  charts: [...summarySeries, ...detailSeries, 'viewersByQuality', 'cdnByReason', 'errors'],
  startups: ['viewers', 'startupHistogram'],
  browsers: ['viewers', 'browsers', 'browsersByQuality'],
} as const;

export type SeriesSet = keyof typeof seriesOf;
export type MetricSeries<Set extends SeriesSet> = Pick<RangeSeries, (typeof seriesOf)[Set][number]>;
/** Of the series that were asked for. */
export type MetricsAnswer<Set extends SeriesSet> = Omit<WholeMetricsAnswer, 'series'> & {
  readonly series: MetricSeries<Set>;
};
