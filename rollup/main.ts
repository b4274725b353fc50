import { setTimeout as sleep } from 'node:timers/promises';
import type { Static } from 'typebox';
import { connectService } from '../kafka/index.js';
import {
  graphiteFacets,
  Membership,
  NodeRing,
  joinCluster,
  settingsFingerprint,
} from '../registry/index.js';
import { groups, totalsGroups } from '../schemas/index.js';
import { RateLimitedLog } from '../service/logs.js';
import { measureRegularly } from '../service/measure-regularly.js';
import { packageVersion } from '../service/package-root.js';
import { memberState, PartitionWatch } from '../service/partition-watch.js';
import { runService, type ServiceContext } from '../service/run-service.js';
import { watchPartitions } from '../service/watch-partitions.js';
import { LogWatch } from './log-watch.js';
import { createRollupMetrics } from './metrics.js';
import { sessionTimeoutMs } from './ownership.js';
import { setAsideAloud } from './set-aside.js';
import { Setbacks } from './setbacks.js';
import { rollupSettings } from './settings.js';
import type { AskedFacets } from './sinks/graphite-points.js';
import {
  askClickHouse,
  openClickHouseSink,
  openGraphite,
  type OpenedSink,
} from './sinks/open-sinks.js';
import {
  partialsConsumer,
  totalsConsumer,
  type ConsumerParts,
  type StageConsumer,
} from './stage-consumers.js';
import type { StageParts } from './stage-parts.js';
import { Stages } from './stages.js';
import { hasPassed } from '../service/has-passed.js';
import { tickRegularly } from './tick-regularly.js';

type Context = ServiceContext<Static<typeof rollupSettings>>;

/** Nothing was read for so long: what is due has time. */
const calmAfterMs = 10_000;
const measureMs = 1_000;
const logsEveryMs = 10_000;

await runService('rollup', rollupSettings, async (context) => {
  const { settings, logger, onStop, stopping } = context;
  const node = settings.node_name;
  const kafka = connectService(context);
  const { cluster, registry } = await joinCluster(kafka, context);
  const metrics = createRollupMetrics(context.metrics);
  metrics.partitions.set({ group: groups.partials }, cluster.partitions);
  for (const group of totalsGroups) metrics.partitions.set({ group }, cluster.partialPartitions);
  const rateLimited = new RateLimitedLog(Date.now);
  const producer = await kafka.producer();
  onStop('producer', () => producer.close());

  const now = Date.now;
  const setbacks = new Setbacks();
  const watch = new PartitionWatch(now);
  const setAside = setAsideAloud({ logger, rateLimited, metrics });
  const shared = { logger, rateLimited, metrics, setbacks, watch, setAside };
  const recordsVersion = (): number => (registry.cluster() ?? cluster).recordsVersion;
  const parts: StageParts = { cluster, producer, recordsVersion, node, now, sleep, ...shared };
  const stages = new Stages(parts);
  const ring = new NodeRing(registry, 'vba', node, settings.cluster_membership);
  const consumers: StageConsumer[] = [];
  const sinks: OpenedSink[] = [];
  const owned = (): string[] => consumers.flatMap(ownedPartitions);

  const membership = new Membership({
    kafka,
    logger,
    name: node,
    role: 'rollup',
    address: context.adminAddress,
    version: packageVersion(),
    settingsFingerprint: settingsFingerprint(cluster, {
      cluster_membership: settings.cluster_membership,
      graphite_host: settings.graphite_host,
      graphite_port: settings.graphite_port,
      graphite_prefix: settings.graphite_prefix,
      clickhouse_url: settings.clickhouse_url,
      clickhouse_database: settings.clickhouse_database,
    }),
    owned,
    ...ring.telling(() => memberState(watch.standing())),
    groups: groupsOf(settings.rollup_roles),
    fail: context.fail,
    stopping,
  });
  await membership.start();
  onStop('membership', () => membership.stop());

  const tick = (): void => stages.tick();
  onStop(
    'ticking',
    tickRegularly(tick, () => isCalm(consumers)),
  );
  const admin = await kafka.admin();
  onStop('admin client', () => admin.close());
  const logs = new LogWatch(admin, metrics.replicasMissing);
  const watchLogs = (): Promise<void> => logs.measure();
  onStop('log watch', measureRegularly('what stands in Kafka', watchLogs, logsEveryMs, logger));
  const measuring = setInterval(() => {
    stages.measure(logs.endOf);
    for (const { measure } of sinks) measure();
    for (const { groupId: group, consumer } of consumers) {
      metrics.ownedPartitions.set({ group }, consumer.owned().length);
    }
  }, measureMs);
  onStop('measuring', () => clearInterval(measuring));

  watchPartitions(context, watch, owned, metrics.standingPartitions);
  const askedFacets: AskedFacets = (stream) =>
    graphiteFacets(registry.stream(stream)?.options ?? {});
  const consumerParts = { kafka, cluster, stages, ring, watch };
  await startConsumers(context, parts, consumerParts, { consumers, sinks, askedFacets });
});

/** What runs, as it comes to be. */
interface Started {
  readonly consumers: StageConsumer[];
  readonly sinks: OpenedSink[];
  readonly askedFacets: AskedFacets;
}

/** ClickHouse comes last: while it is away, all the rest runs. Only its refusal comes first. */
async function startConsumers(
  context: Context,
  parts: StageParts,
  consumerParts: ConsumerParts,
  started: Started,
): Promise<void> {
  const start = async (stage: StageConsumer): Promise<void> => {
    started.consumers.push(stage);
    const { groupId, consumer } = stage;
    await consumer.start();
    context.onStop(`consumer of ${groupId}`, () => consumer.stop());
    context.health.addCheck(`consumer of ${groupId}`, () =>
      hasPassed(sessionTimeoutMs, consumer.lastHeartbeatAtMs(), Date.now())
        ? 'no heartbeat to the group coordinator within the session time-out'
        : undefined,
    );
  };
  const startTotals = async (opened: OpenedSink): Promise<void> => {
    started.sinks.push(opened);
    await start(totalsConsumer(consumerParts, opened.sink));
  };
  const roles = context.settings.rollup_roles;
  const writes = roles.includes('totals');
  const database = writes ? await askClickHouse(context, parts.cluster) : undefined;
  if (roles.includes('partials')) await start(partialsConsumer(consumerParts));
  if (database === undefined) return;
  await startTotals(openGraphite(context, parts, started.askedFacets));
  await startTotals(await openClickHouseSink(context, parts, database));
}

function isCalm(consumers: readonly StageConsumer[]): boolean {
  const busyAtMs = consumers.map(({ consumer }) => consumer.lastBusyAtMs());
  return Math.max(...busyAtMs) < Date.now() - calmAfterMs;
}

/** The groups that a rollup of these roles is in. */
function groupsOf(roles: readonly string[]): readonly string[] {
  return [
    ...(roles.includes('partials') ? [groups.partials] : []),
    ...(roles.includes('totals') ? totalsGroups : []),
  ];
}

function ownedPartitions({ partitionsOf, consumer }: StageConsumer): string[] {
  return consumer.owned().map((partition) => `${partitionsOf}/${partition}`);
}
