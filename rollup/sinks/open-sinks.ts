import { setTimeout as delay } from 'node:timers/promises';
import type { Static } from 'typebox';
import {
  insertMinuteRows,
  clickHouseOptions,
  migrate,
  openClickHouse,
  prepareDatabase,
  type ClickHouse,
} from '../../clickhouse/index.js';
import { carbonSockets, LastingCarbonConnection } from '../../graphite/index.js';
import type { ClusterSettings } from '../../registry/index.js';
import { AppError } from '../../service/errors.js';
import type { ServiceContext } from '../../service/run-service.js';
import type { rollupSettings } from '../settings.js';
import type { StageParts } from '../stage-parts.js';
import { ClickHouseSink } from './clickhouse-sink.js';
import type { AskedFacets } from './graphite-points.js';
import { GraphiteSink } from './graphite-sink.js';
import { sinkDeadlineMs, type Sink } from './sink.js';

type Context = ServiceContext<Static<typeof rollupSettings>>;

export interface OpenedSink {
  readonly sink: Sink;
  /** Sets the gauge of what waits to be taken. */
  readonly measure: () => void;
}

/** Graphite, with its connection to carbon, which may come to be later. */
export function openGraphite(
  context: Context,
  parts: StageParts,
  askedFacets: AskedFacets,
): OpenedSink {
  const { cluster, now, sleep, logger, rateLimited, metrics, setAside } = parts;
  const { graphite_host: host, graphite_port: port, graphite_prefix: prefix } = context.settings;
  let carbon: LastingCarbonConnection | undefined;
  const sink = new GraphiteSink({
    intervalMs: cluster.intervalMs,
    sleep,
    logger,
    rateLimited,
    where: `${host}:${port}`,
    connect: (events) =>
      (carbon = new LastingCarbonConnection({
        ...events,
        open: carbonSockets(host, port),
        after: (delayMs, run) => void setTimeout(run, delayMs).unref(),
        now: () => performance.now(),
      })),
    prefix,
    askedFacets,
    now,
    onError: () => metrics.sinkErrors.inc({ sink: 'graphite' }),
    setAside,
  });
  endWith(context, sink);
  const measure = (): void =>
    metrics.sinkQueue.set({ sink: 'graphite' }, carbon?.bufferedBytes ?? 0);
  return { sink, measure };
}

/** A ClickHouse that has said nothing for so long is taken to be away. */
const answersWithinMs = 5_000;

/**
 * A client of ClickHouse, which was asked once. Rejects with a StartError where it refuses us: to
 * be known before any group is joined, or each attempt to start would take partitions from others.
 * One that is away says nothing yet.
 */
export async function askClickHouse(
  { settings, logger, onStop, stopping }: Context,
  cluster: ClusterSettings,
): Promise<ClickHouse> {
  const database = openClickHouse({ ...clickHouseOptions(settings), logger });
  onStop('ClickHouse client', () => database.close());
  const asked = migrate(database, cluster).catch((error: unknown) => {
    if (!(error instanceof AppError) || !error.retryable) throw error;
  });
  const longEnough = delay(answersWithinMs, undefined, { signal: stopping, ref: false });
  await Promise.race([asked, longEnough]);
  return database;
}

/** ClickHouse. Resolves when its tables are there, however long ClickHouse is away. */
export async function openClickHouseSink(
  context: Context,
  { cluster, sleep, logger, rateLimited, metrics, setAside }: StageParts,
  database: ClickHouse,
): Promise<OpenedSink> {
  const { stopping, health } = context;
  await prepareDatabase(database, { ...cluster, stopping, health });
  const sink = new ClickHouseSink({
    intervalMs: cluster.intervalMs,
    sleep,
    logger,
    rateLimited,
    insert: (rows) => insertMinuteRows(database, rows),
    onError: () => metrics.sinkErrors.inc({ sink: 'clickhouse' }),
    setAside,
  });
  endWith(context, sink);
  const measure = (): void => metrics.sinkQueue.set({ sink: 'clickhouse' }, sink.waitingRows);
  return { sink, measure };
}

/** The health asks the sink, and the service's stop ends it. */
function endWith({ onStop, health }: Context, sink: Sink): void {
  onStop(sink.name, () => sink.close(sinkDeadlineMs));
  health.addCheck(sink.name, () => sink.problem());
}
