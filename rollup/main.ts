import { setTimeout as sleep } from 'node:timers/promises';
import { connectKafka } from '../kafka/index.js';
import { Membership, openCluster, settingsFingerprint } from '../registry/index.js';
import { RateLimitedLog } from '../service/logs.js';
import { packageVersion } from '../service/package-root.js';
import { runService } from '../service/run-service.js';
import { createRollupMetrics } from './metrics.js';
import { sessionTimeoutMs } from './ownership.js';
import { rollupSettings } from './settings.js';
import { openSinks } from './sinks/open-sinks.js';
import { partialsConsumer, totalsConsumer, type StageConsumer } from './stage-consumers.js';
import type { StageParts } from './stage-parts.js';
import { Stages } from './stages.js';

/** What is due is looked for this often. */
const tickMs = 50;
const measureMs = 1_000;

await runService('rollup', rollupSettings, async (context) => {
  const { settings, logger, onStop, stopping } = context;
  const node = settings.node_name;
  const kafka = connectKafka({ brokers: settings.kafka_brokers, clientId: node, logger });
  const { cluster, registry } = await openCluster({ kafka, logger, stopping });
  onStop('registry', () => registry.stop());
  const metrics = createRollupMetrics(context.metrics);
  const rateLimited = new RateLimitedLog(Date.now);
  const producer = await kafka.producer();
  onStop('producer', () => producer.close());

  const now = Date.now;
  const parts: StageParts = { cluster, producer, node, now, sleep, logger, rateLimited, metrics };
  const stages = new Stages(parts);
  const consumers: StageConsumer[] = [];
  if (settings.rollup_roles.includes('partials')) consumers.push(partialsConsumer(kafka, stages));
  let measureSinks: () => void = () => undefined;
  if (settings.rollup_roles.includes('totals')) {
    const { sinks, measure } = await openSinks(context, parts);
    measureSinks = measure;
    consumers.push(totalsConsumer(kafka, stages, sinks));
  }

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
    owned: () => consumers.flatMap(ownedPartitions),
    fail: context.fail,
    stopping,
  });
  await membership.start();
  onStop('membership', () => membership.stop());

  const ticking = setInterval(() => stages.tick(), tickMs);
  onStop('ticking', () => clearInterval(ticking));
  const measuring = setInterval(() => {
    stages.measure();
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

function ownedPartitions({ topic, consumer }: StageConsumer): string[] {
  return consumer.owned().map((partition) => `${topic}/${partition}`);
}
