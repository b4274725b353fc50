import { setTimeout as sleep } from 'node:timers/promises';
import type { Static } from 'typebox';
import {
  clickHouseOptions,
  openClickHouse,
  prepareDatabase,
  type ClickHouse,
} from '../clickhouse/index.js';
import { connectService } from '../kafka/index.js';
import {
  Membership,
  NodeRing,
  joinCluster,
  settingsFingerprint,
  type ClusterSettings,
} from '../registry/index.js';
import { groups, isIngestCommitMetadata, topics } from '../schemas/index.js';
import { packageVersion } from '../service/package-root.js';
import { memberState, PartitionWatch } from '../service/partition-watch.js';
import { runService, type ServiceContext } from '../service/run-service.js';
import { watchOpening, watchPartitions } from '../service/watch-partitions.js';
import { rowsOfRecord } from './announce-rows.js';
import { announceTable } from './announce-table.js';
import { BatchWriter } from './batch-writer.js';
import { deadLetters } from './dead-letters.js';
import { watchLag } from './lag.js';
import { createIngestMetrics } from './metrics.js';
import { partitionIngest } from './partition-ingest.js';
import { ingestSettings } from './settings.js';
import { hasPassed } from '../service/has-passed.js';

type IngestSettings = Static<typeof ingestSettings>;
type Context = ServiceContext<IngestSettings>;

const sessionTimeoutMs = 10_000;
/** How long a stop waits for what was read to be inserted; what isn't will be read again. */
const lastInsertDeadlineMs = 5_000;

await runService('ingest', ingestSettings, async (context) => {
  const { settings, logger, health, stopping, onStop } = context;
  const node = settings.node_name;
  const kafka = connectService(context);
  const { cluster, registry } = await joinCluster(kafka, context);

  // Before ClickHouse is waited for: no metrics would mean that no ingest runs.
  const metrics = createIngestMetrics(context.metrics);
  const clickhouse = await openDatabase(context, cluster);

  metrics.partitions.set(cluster.partitions);
  const watch = new PartitionWatch(Date.now);
  const producer = await kafka.producer();
  onStop('producer', () => producer.close());
  const sendDeadLetter = deadLetters({ producer, node, watch, sleep });
  const writer = new BatchWriter({
    insert: announceTable(clickhouse),
    rowsOf: (record) => rowsOfRecord(record, cluster.intervalMs),
    sendDeadLetter,
    logger,
    metrics,
    watch,
    ...boundsOf(settings),
    now: Date.now,
    after: (delayMs, run) => void setTimeout(run, delayMs).unref(),
    fail: context.fail,
  });
  const intake = { writer, intervalMs: cluster.intervalMs, logger, metrics, sendDeadLetter };
  const ring = new NodeRing(registry, 'vba', node, settings.cluster_membership);
  const consumer = kafka.groupConsumer({
    groupId: groups.ingest,
    topic: topics.announces,
    partitions: cluster.partitions,
    ring,
    sessionTimeoutMs,
    isOurMetadata: isIngestCommitMetadata,
    onWaiting: watchOpening(watch, topics.announces),
    open: partitionIngest({ ...intake, now: Date.now }),
  });

  const owned = (): string[] =>
    consumer.owned().map((partition) => `${topics.announces}/${partition}`);

  const membership = new Membership({
    kafka,
    logger,
    name: node,
    role: 'ingest',
    address: context.adminAddress,
    version: packageVersion(),
    settingsFingerprint: fingerprintOf(cluster, settings),
    owned,
    ...ring.telling(() => memberState(watch.standing())),
    groups: [groups.ingest],
    fail: context.fail,
    stopping,
  });
  await membership.start();
  onStop('membership', () => membership.stop());

  await consumer.start();
  onStop('consumer', () => consumer.stop());
  writer.start();
  onStop('writer', () => writer.stop(lastInsertDeadlineMs));
  const admin = await kafka.admin();
  onStop('admin client', () => admin.close());
  onStop('lag', watchLag({ admin, owned: () => consumer.owned(), metrics, watch }, logger));

  watchPartitions(context, watch, owned, metrics.standingPartitions);
  health.addCheck('clickhouse', () => writer.problem());
  health.addCheck('consumer', () =>
    hasPassed(sessionTimeoutMs, consumer.lastHeartbeatAtMs(), Date.now())
      ? 'no heartbeat to the group coordinator within the session time-out'
      : undefined,
  );
});

/** A client of ClickHouse, once the database has all its migrations. */
async function openDatabase(
  { settings, logger, stopping, health, onStop }: Context,
  cluster: ClusterSettings,
): Promise<ClickHouse> {
  const clickhouse = openClickHouse({ ...clickHouseOptions(settings), logger });
  onStop('ClickHouse client', () => clickhouse.close());
  const createDatabase = settings.clickhouse_create_database;
  await prepareDatabase(clickhouse, {
    ...cluster,
    rawTtlDays: settings.raw_ttl_days,
    ...(createDatabase === undefined ? {} : { createDatabase }),
    stopping,
    health,
  });
  return clickhouse;
}

function boundsOf(settings: IngestSettings) {
  return {
    rowsMax: settings.ingest_rows_max,
    waitMs: settings.ingest_wait_seconds * 1_000,
    bytesMax: settings.ingest_memory_megabytes_max * 1_048_576,
  };
}

/** Of what all ingests need to have alike. */
function fingerprintOf(cluster: ClusterSettings, settings: IngestSettings): string {
  return settingsFingerprint(cluster, {
    cluster_membership: settings.cluster_membership,
    clickhouse_url: settings.clickhouse_url,
    clickhouse_database: settings.clickhouse_database,
    raw_ttl_days: settings.raw_ttl_days,
  });
}
