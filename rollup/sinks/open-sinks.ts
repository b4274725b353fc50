import type { Static } from 'typebox';
import { insertStreamMinutes, openClickHouse, prepareDatabase } from '../../clickhouse/index.js';
import { carbonSockets, LastingCarbonConnection } from '../../graphite/index.js';
import type { ServiceContext } from '../../service/run-service.js';
import type { rollupSettings } from '../settings.js';
import type { StageParts } from '../stage-parts.js';
import { ClickHouseSink } from './clickhouse-sink.js';
import { GraphiteSink } from './graphite-sink.js';
import { sinkDeadlineMs, type Sink } from './sink.js';

export interface OpenedSinks {
  readonly sinks: readonly Sink[];
  /** Sets the gauges of what waits to be taken. */
  readonly measure: () => void;
}

/**
 * Both sinks, with the connections under them; they are told to the health, and end with the
 * service. Resolves when ClickHouse's tables are there.
 */
export async function openSinks(
  context: ServiceContext<Static<typeof rollupSettings>>,
  { cluster, now, sleep, logger, rateLimited, metrics }: StageParts,
): Promise<OpenedSinks> {
  const { settings, health, onStop, stopping } = context;
  const database = openClickHouse({
    url: settings.clickhouse_url,
    database: settings.clickhouse_database,
    user: settings.clickhouse_user,
    password: settings.clickhouse_password,
    logger,
  });
  onStop('ClickHouse client', () => database.close());
  await prepareDatabase(database, { ...cluster, stopping });
  const common = { intervalMs: cluster.intervalMs, sleep, logger, rateLimited };
  const clickhouse = new ClickHouseSink({
    ...common,
    insert: (rows) => insertStreamMinutes(database, rows),
    onError: () => metrics.sinkErrors.inc({ sink: 'clickhouse' }),
  });
  const { graphite_host: host, graphite_port: port, graphite_prefix: prefix } = settings;
  let carbon: LastingCarbonConnection | undefined;
  const graphite = new GraphiteSink({
    ...common,
    where: `${host}:${port}`,
    connect: (events) =>
      (carbon = new LastingCarbonConnection({
        ...events,
        open: carbonSockets(host, port),
        after: (delayMs, run) => void setTimeout(run, delayMs).unref(),
        now: () => performance.now(),
      })),
    prefix,
    now,
    onError: () => metrics.sinkErrors.inc({ sink: 'graphite' }),
  });
  for (const sink of [clickhouse, graphite]) {
    onStop(sink.name, () => sink.close(sinkDeadlineMs));
    health.addCheck(sink.name, () => sink.problem());
  }
  return {
    sinks: [clickhouse, graphite],
    measure: () => {
      metrics.sinkQueue.set({ sink: 'clickhouse' }, clickhouse.waitingRows);
      metrics.sinkQueue.set({ sink: 'graphite' }, carbon?.bufferedBytes ?? 0);
    },
  };
}
