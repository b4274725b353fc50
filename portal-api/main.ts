import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Gauge } from 'prom-client';
import type { Static } from 'typebox';
import { graphiteWebOptions, ReadableSeries, renderClient } from '../graphite/index.js';
import { connectService, type LogAdmin } from '../kafka/index.js';
import {
  Membership,
  joinCluster,
  RegistryWriter,
  sealingOf,
  settingsFingerprint,
  type Registry,
  type Sealing,
} from '../registry/index.js';
import { topics } from '../schemas/index.js';
import { boundAddress } from '../service/admin-server.js';
import { AppError } from '../service/errors.js';
import type { Logger } from '../service/logs.js';
import { packageRoot, packageVersion } from '../service/package-root.js';
import { measureRegularly } from '../service/measure-regularly.js';
import { runService } from '../service/run-service.js';
import { portalLimits } from './limits.js';
import type { ChangeAccounts } from './account-changes.js';
import { ClosedReader } from './metrics/closed-minutes.js';
import { LiveFigures } from './metrics/live-figures.js';
import { MetricsReader } from './metrics/metrics-reader.js';
import { createPortalMetrics } from './metrics.js';
import { makeFirstList } from './routes/now-rows.js';
import { buildServer } from './server.js';
import { systemLogs } from './system-logs.js';
import { portalSettings } from './settings.js';
import { registryCatalog, type StreamCatalog } from './stream-catalog.js';
import { WatchedAccounts } from './watched-accounts.js';

/** A user who is removed is out that soon. */
const lookAtAccountsEveryMs = 1_000;

await runService('portal', portalSettings, async (context) => {
  const { settings, logger, stopping, onStop, fail, adminAddress } = context;
  const now = Date.now;

  const kafka = connectService(context);
  const { cluster, registry } = await joinCluster(kafka, context);
  const producer = await kafka.producer();
  onStop('producer', () => producer.close());
  const admin = await kafka.admin();
  onStop('kafka admin', () => admin.close());
  const sealing = openSealing(settings, logger);
  const writer = new RegistryWriter(registry, producer, { sealing });
  onStop('registry writer', () => writer.close());

  const membership = new Membership({
    kafka,
    logger,
    name: settings.node_name,
    role: 'portal',
    address: adminAddress,
    version: packageVersion(),
    settingsFingerprint: settingsFingerprint(cluster, {
      graphite_prefix: settings.graphite_prefix,
      registry_key_id: sealing.keyId,
    }),
    fail,
    stopping,
  });
  await membership.start();
  onStop('membership', () => membership.stop());

  const { renders, unreadableSeries, answers } = createPortalMetrics(context.metrics);
  const graphite = renderClient({
    ...graphiteWebOptions(settings),
    timeoutMs: settings.graphite_timeout_ms,
    // Again where an idle connection was closed just then; the page asks again by itself.
    attemptsMax: 2,
    stopping,
    onAnswer: (outcome, seconds) => renders.observe({ outcome }, seconds),
  });
  const catalog = registryCatalog(registry, writer, sealing);
  const { intervalMs, partialPartitions } = cluster;
  const series = new ReadableSeries(graphite, now);
  const { columns } = series;
  const naming = { prefix: settings.graphite_prefix, intervalMs, partialPartitions, columns, now };
  const reading = { ...naming, closed: new ClosedReader(naming) };

  const live = new LiveFigures({ ...reading, catalog });
  const { closed } = reading;
  onStop('live figures', lookRegularly({ live, closed, series, unreadableSeries, logger }));

  const accounts = new WatchedAccounts(settings.portal_users_file, logger);
  await accounts.refresh();
  onStop("users' file", accounts.watch(lookAtAccountsEveryMs));

  const server = await buildServer({
    catalog,
    metrics: new MetricsReader(reading),
    live,
    logs: systemLogs(admin, intervalMs),
    logger,
    now,
    members: () => membership.members(),
    registryBehind: () => recordsBehind(admin, registry),
    ...accountParts(accounts),
    ...choicesOf(settings),
    webFolder: join(packageRoot(), 'dist', 'portal-api', 'web'),
    version: packageVersion(),
    onAnswer: ({ route, method, status }, seconds) =>
      answers.observe({ route, method, status }, seconds),
  });
  await Promise.race([firstList(live, catalog), delay(portalLimits.firstLookMsMax)]);
  if (stopping.aborted) return;
  await server.listen({ host: settings.portal_listen_host, port: settings.portal_listen_port });
  onStop('web server', () => server.close());
  logger.info({ address: boundAddress(server.server) }, 'portal listens');
});

function accountParts(accounts: WatchedAccounts) {
  return {
    accounts: () => accounts.current,
    changeAccounts: (...change: Parameters<ChangeAccounts>) => accounts.change(...change),
    accountHistory: () => accounts.history(),
  };
}

/** Without Graphite there is none; who asks is told so. */
async function firstList(live: LiveFigures, catalog: StreamCatalog): Promise<void> {
  const figures = await live.now().catch(() => undefined);
  if (figures !== undefined) makeFirstList(catalog, figures);
}

interface LookedAt {
  readonly live: LiveFigures;
  readonly closed: ClosedReader;
  readonly series: ReadableSeries;
  readonly unreadableSeries: Gauge;
  readonly logger: Logger;
}

/** Of many streams it takes seconds: whoever looks first doesn't wait for it. */
function lookRegularly({ live, closed, series, unreadableSeries, logger }: LookedAt): () => void {
  const look = async (): Promise<void> => {
    try {
      await live.refresh();
      // Figures of a range need it.
      await closed.toldSinceMs();
    } finally {
      unreadableSeries.set(series.unreadable.length);
    }
  };
  return measureRegularly('figures', look, portalLimits.lookEveryMs, logger);
}

/** What the settings say of the server. */
function choicesOf(settings: Static<typeof portalSettings>) {
  return {
    token: settings.portal_token,
    sessionMs: settings.portal_session_hours * 3_600_000,
    requestsPerMinute: settings.portal_requests_per_minute,
    publicUrl: settings.portal_public_url,
    trackerUrl: settings.portal_tracker_url,
    quotas: {
      streamsMax: settings.portal_streams_max,
      groupStreamsMax: settings.portal_group_streams_max,
    },
    trustedProxies: settings.portal_trusted_proxies,
  };
}

/** Says aloud, once, where nothing is sealed. */
function openSealing(settings: Static<typeof portalSettings>, logger: Logger): Sealing {
  const sealing = sealingOf(settings);
  if (sealing.keyId === undefined) {
    logger.warn({}, 'without registry_key whoever reads Kafka reads the secrets of token keys');
  }
  return sealing;
}

/** How many records of the registry's log this process has not folded yet. */
async function recordsBehind(admin: LogAdmin, registry: Registry): Promise<number> {
  const [end] = await admin.offsets(topics.registry);
  if (end === undefined) throw new AppError('registry_unavailable', 'the registry is gone');
  return Math.max(0, end.endOffset - registry.nextOffset);
}
