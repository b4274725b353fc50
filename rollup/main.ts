import { setTimeout as sleep } from 'node:timers/promises';
import { insertStreamMinutes, openClickHouse, prepareDatabase } from '../clickhouse/index.js';
import { connectKafka, type GroupConsumer } from '../kafka/index.js';
import { Membership, openCluster, settingsFingerprint } from '../registry/index.js';
import { groups, topics } from '../schemas/index.js';
import { RateLimitedLog } from '../service/logs.js';
import { runService } from '../service/run-service.js';
import { packageVersion } from '../service/package-root.js';
import { keepInStep } from './in-step.js';
import { decodeCommitMetadata } from './commit-point.js';
import { createRollupMetrics, measure } from './metrics.js';
import { PartialsReader } from './partials/partials-reader.js';
import { rollupSettings } from './settings.js';
import { ClickHouseSink } from './sinks/clickhouse-sink.js';
import { LastingCarbonConnection } from '../graphite/index.js';
import { GraphiteSink } from './sinks/graphite-sink.js';
import { TotalsReader } from './totals/totals-reader.js';

/** What is due is looked for this often. */
const tickMs = 50;
const sessionTimeoutMs = 10_000;
const measureMs = 1_000;
/** How far a partition may be ahead of the slowest that still lags, in minutes. */
const inStepIntervals = 3;
/** How long a stop waits for what the sinks still have. */
const sinkDeadlineMs = 5_000;

await runService('rollup', rollupSettings, async (context) => {
  const { settings, logger, onStop } = context;
  const node = settings.node_name;
  const kafka = connectKafka({ brokers: settings.kafka_brokers, clientId: node, logger });
  const { cluster, registry } = await openCluster({ kafka, logger, stopping: context.stopping });
  onStop('registry', () => registry.stop());
  const metrics = createRollupMetrics(context.metrics);
  const rateLimited = new RateLimitedLog(Date.now);
  const producer = await kafka.producer();
  onStop('producer', () => producer.close());
  const shared = { cluster, producer, node, now: Date.now, sleep, logger, rateLimited, metrics };

  const partials = new Set<PartialsReader>();
  const totals = new Set<TotalsReader>();
  let measureSinks: () => void = () => undefined;
  const consumers: { readonly topic: string; readonly consumer: GroupConsumer }[] = [];

  if (settings.rollup_roles.includes('partials')) {
    const consumer = kafka.groupConsumer({
      groupId: groups.partials,
      topic: topics.announces,
      sessionTimeoutMs,
      isOurMetadata,
      open: (partition, start) =>
        registered(partials, new PartialsReader(partition, start, shared)),
    });
    consumers.push({ topic: topics.announces, consumer });
  }

  if (settings.rollup_roles.includes('totals')) {
    const clickhouse = openClickHouse({
      url: settings.clickhouse_url,
      database: settings.clickhouse_database,
      user: settings.clickhouse_user,
      password: settings.clickhouse_password,
      logger,
    });
    onStop('ClickHouse client', () => clickhouse.close());
    await prepareDatabase(clickhouse, { ...cluster, stopping: context.stopping });
    let carbon: LastingCarbonConnection | undefined;
    const clickhouseSink = new ClickHouseSink({
      insert: (rows) => insertStreamMinutes(clickhouse, rows),
      intervalMs: cluster.intervalMs,
      sleep,
      logger,
      rateLimited,
      onError: () => metrics.sinkErrors.inc({ sink: 'clickhouse' }),
    });
    const sinks = [
      clickhouseSink,
      new GraphiteSink({
        where: `${settings.graphite_host}:${settings.graphite_port}`,
        connect: (events) => {
          const { graphite_host: host, graphite_port: port } = settings;
          carbon = new LastingCarbonConnection(host, port, events);
          return carbon;
        },
        prefix: settings.graphite_prefix,
        intervalMs: cluster.intervalMs,
        now: Date.now,
        sleep,
        logger,
        rateLimited,
        onError: () => metrics.sinkErrors.inc({ sink: 'graphite' }),
      }),
    ];
    measureSinks = () => {
      metrics.sinkQueue.set({ sink: 'clickhouse' }, clickhouseSink.waitingRows);
      metrics.sinkQueue.set({ sink: 'graphite' }, carbon?.bufferedBytes ?? 0);
    };
    for (const sink of sinks) {
      onStop(sink.name, () => sink.close(sinkDeadlineMs));
      context.health.addCheck(sink.name, () => sink.problem());
    }
    const consumer: GroupConsumer = kafka.groupConsumer({
      groupId: groups.totals,
      topic: topics.partials,
      sessionTimeoutMs,
      isOurMetadata,
      open: (partition, start) =>
        registered(
          totals,
          new TotalsReader(partition, start, {
            ...shared,
            sinks,
            sessionTimeoutMs,
            lastHeartbeatAtMs: () => consumer.lastHeartbeatAtMs(),
          }),
        ),
    });
    consumers.push({ topic: topics.partials, consumer });
  }

  const ownedPartitions = (): string[] =>
    consumers.flatMap(({ topic, consumer }) =>
      consumer.owned().map((partition) => `${topic}/${partition}`),
    );
  const membership = new Membership({
    kafka,
    logger,
    name: node,
    role: 'rollup',
    address: context.adminAddress,
    version: packageVersion(),
    settingsFingerprint: settingsFingerprint(cluster, {
      graphite_host: settings.graphite_host,
      graphite_port: settings.graphite_port,
      graphite_prefix: settings.graphite_prefix,
      clickhouse_url: settings.clickhouse_url,
      clickhouse_database: settings.clickhouse_database,
    }),
    owned: ownedPartitions,
    fail: context.fail,
    stopping: context.stopping,
  });
  await membership.start();
  onStop('membership', () => membership.stop());

  const ticking = setInterval(() => {
    for (const reader of dropClosed(partials)) reader.tick();
    for (const reader of dropClosed(totals)) reader.tick();
    keepInStep([...partials], inStepIntervals * cluster.intervalMs);
  }, tickMs);
  onStop('ticking', () => clearInterval(ticking));
  const measuring = setInterval(() => {
    measure(metrics, [...partials], [...totals], Date.now());
    measureSinks();
    for (const { topic, consumer } of consumers) {
      metrics.ownedPartitions.set({ topic }, consumer.owned().length);
    }
  }, measureMs);
  onStop('measuring', () => clearInterval(measuring));

  for (const { topic, consumer } of consumers) {
    await consumer.start();
    onStop(`consumer of ${topic}`, () => consumer.stop());
    context.health.addCheck(`consumer of ${topic}`, () =>
      Date.now() - consumer.lastHeartbeatAtMs() < sessionTimeoutMs
        ? undefined
        : 'no heartbeat to the group coordinator within the session time-out',
    );
  }
});

function isOurMetadata(metadata: string): boolean {
  return decodeCommitMetadata(metadata) !== undefined;
}

function registered<Reader>(readers: Set<Reader>, reader: Reader): Reader {
  readers.add(reader);
  return reader;
}

function dropClosed<Reader extends { readonly isClosed: boolean }>(
  readers: Set<Reader>,
): Set<Reader> {
  for (const reader of readers) if (reader.isClosed) readers.delete(reader);
  return readers;
}
