import {
  clickHouseOptions,
  openClickHouse,
  readCountedFacets,
  readCountedMinutes,
  readCountedOverAll,
  readRawRange,
  readStreamMinuteFacets,
  readStreamMinutes,
  readStreamSizes,
  readStoredTimes,
  type ClickHouse,
  type MinuteSpan,
} from '../../clickhouse/index.js';
import { graphiteWebOptions } from '../../graphite/index.js';
import { openCluster } from '../../registry/index.js';
import { topics, type MinuteTimes } from '../../schemas/index.js';
import { exitCode, StartError } from '../../service/errors.js';
import { settingsOf } from '../setting-options.js';
import { commandLogger, withKafka } from '../with-kafka.js';
import { minuteOfText } from './asked-time.js';
import type { AuditSources } from './examine.js';
import { GraphiteWeb } from './graphite-web.js';
import { auditSettings, type AuditCommandOptions } from './options.js';
import { readProgress } from './progress.js';
import { chooseSpan, type ChosenSpan } from './span.js';

type Verb = 'compare' | 'recompute';

/** All that an audit works with. */
export interface OpenedAudit {
  readonly times: MinuteTimes;
  readonly clickhouse: ClickHouse;
  readonly sources: AuditSources;
  readonly graphitePrefix: string;
  readonly partialPartitions: number;
  readonly chosen: Extract<ChosenSpan, { readonly kind: 'span' }>;
}

/**
 * Finds out which of the minutes asked for can be audited, and does the work. `dropped`: only
 * minutes that neither stage of the rollup will touch again. Throws StartErrors (64 for a wrong
 * time, 69 when something needed is away or another cluster's, or there is nothing to `verb`).
 */
export async function withAudit<Result>(
  options: AuditCommandOptions,
  { dropped, verb }: { readonly dropped: boolean; readonly verb: Verb },
  work: (audit: OpenedAudit) => Promise<Result>,
): Promise<Result> {
  const settings = settingsOf(options, auditSettings);
  const graphiteWeb = graphiteWebOptions(settings);
  const graphitePrefix = settings.graphite_prefix;
  const { times, progress } = await withKafka(options, async (kafka, deadline) => {
    const { cluster, registry } = await openCluster({
      kafka,
      logger: { ...commandLogger, warn: () => undefined },
      stopping: deadline,
      topicsNeeded: [topics.registry, topics.announces, topics.partials],
    });
    await registry.stop();
    const admin = await kafka.admin();
    try {
      return { times: cluster, progress: await readProgress(admin, cluster, Date.now()) };
    } finally {
      await admin.close();
    }
  });
  const asked = {
    from: askedMinute('--from', options.from, times),
    to: askedMinute('--to', options.to, times),
  };
  const clickhouse = openClickHouse({
    ...clickHouseOptions(settings),
    logger: commandLogger,
  });
  try {
    await checkTimes(clickhouse, times);
    const limits = {
      ...(await readRawRange(clickhouse)),
      ingestedTo: progress.ingestedTo,
      exactFrom: dropped ? progress.exactFrom : progress.exactFromOfTotals,
    };
    const chosen = chooseSpan(asked, limits, times, Date.now());
    if (chosen.kind === 'nothing') throw nothingTo(verb, chosen.reason);
    const graphite = new GraphiteWeb(graphiteWeb, graphitePrefix, times.intervalMs);
    const sources = sourcesOf(clickhouse, graphite);
    await checkStreams(options.stream, chosen.span, sources, verb);
    return await work({
      times,
      clickhouse,
      sources,
      graphitePrefix,
      partialPartitions: times.partialPartitions,
      chosen,
    });
  } finally {
    await clickhouse.close();
  }
}

function askedMinute(
  option: string,
  text: string | undefined,
  { intervalMs }: MinuteTimes,
): number | undefined {
  if (text === undefined) return undefined;
  const minute = minuteOfText(text, intervalMs);
  if (minute !== undefined) return minute;
  const message = `${option} "${text}" is neither an ISO time, nor Unix milliseconds, nor a minute's number`;
  throw new StartError('usage', message, exitCode.usage);
}

/** A key that was mistyped would be found equal: nothing is there, and nothing should be. */
async function checkStreams(
  streams: readonly string[],
  span: MinuteSpan,
  sources: AuditSources,
  verb: Verb,
): Promise<void> {
  if (streams.length === 0) return;
  const known = new Set((await sources.sizes(span, streams)).map(({ stream }) => stream));
  if (streams.every((stream) => known.has(stream))) return;
  for (const stream of await sources.graphiteStreams()) known.add(stream);
  const unknown = streams.filter((stream) => !known.has(stream));
  if (unknown.length === 0) return;
  const what = 'no raw announces, no cells and no points';
  throw nothingTo(verb, `there is nothing of ${unknown.join(', ')}: ${what}`);
}

function nothingTo(verb: Verb, reason: string): StartError {
  const message = `nothing to ${verb}: ${reason}`;
  return new StartError(`nothing_to_${verb}`, message, exitCode.unavailable);
}

/** The views count by the times that stand in the database. */
async function checkTimes(clickhouse: ClickHouse, times: MinuteTimes): Promise<void> {
  const stored = await readStoredTimes(clickhouse);
  const isSame =
    stored?.intervalMs === times.intervalMs &&
    stored.lateMs === times.lateMs &&
    stored.graceMs === times.graceMs;
  if (isSame) return;
  throw new StartError(
    'clickhouse_wrong',
    `database "${clickhouse.database}" counts by ${JSON.stringify(stored ?? {})}, but the cluster by ` +
      `${JSON.stringify({ intervalMs: times.intervalMs, lateMs: times.lateMs, graceMs: times.graceMs })}: ` +
      'it is another cluster’s, or no ingest has run since they were changed',
    exitCode.unavailable,
  );
}

function sourcesOf(clickhouse: ClickHouse, graphite: GraphiteWeb): AuditSources {
  return {
    sizes: (span, streams) => readStreamSizes(clickhouse, span, streams),
    counted: (streams, span) => readCountedMinutes(clickhouse, streams, span),
    countedOverAll: (span) => readCountedOverAll(clickhouse, span),
    stored: (streams, span) => readStreamMinutes(clickhouse, streams, span),
    countedFacets: (streams, span) => readCountedFacets(clickhouse, streams, span),
    storedFacets: (streams, span) => readStreamMinuteFacets(clickhouse, streams, span),
    graphiteStreams: () => graphite.streams(),
    points: (stream, span) => graphite.points(stream, span),
    facetStreams: () => graphite.facetStreams(),
    facetPoints: (stream, span) => graphite.facetPoints(stream, span),
    closedPoints: (span) => graphite.closedPoints(span),
  };
}
