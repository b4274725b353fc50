import { randomInt } from 'node:crypto';
import { connectKafka, partitionOf } from '../kafka/index.js';
import { Membership, openCluster, settingsFingerprint } from '../registry/index.js';
import { exitCode, messageOf, stackOf, StartError } from '../service/errors.js';
import { RateLimitedLog, type Logger } from '../service/logs.js';
import { packageVersion } from '../service/package-root.js';
import { seededRandom } from '../service/random.js';
import { runService, type ServiceContext } from '../service/run-service.js';
import { AnnounceWriter } from './announces/announce-writer.js';
import { tellAnswers, type Reports } from './announces/reports.js';
import { SessionBudgets } from './announces/session-budgets.js';
import { sessionRates } from './announces/session-rates.js';
import { ClockCheck, watchClock } from './clock-check.js';
import { iceServersOf } from './ice/ice-servers.js';
import { trackerLimits } from './limits.js';
import { meetingGauges, meetingPlace } from './meeting-place.js';
import { TrackerMetrics } from './metrics.js';
import { WatchedDatabases } from './networks/watched-databases.js';
import { trackerSettings, type TrackerSettings } from './settings.js';
import { trustedProxies } from './sockets/client-address.js';
import { startTrackerServer } from './sockets/server.js';
import { viblastDialect } from './viblast/dialect.js';
import type { ViewerParts } from './viblast/viewer-parts.js';

type Context = ServiceContext<TrackerSettings>;
type OpenKafka = Awaited<ReturnType<typeof openKafka>>;

const now = Date.now;
const hourMs = 3_600_000;
const clockLogEveryMs = 10_000;
const implausibleLogEveryMs = 1_000;
/** Of the stop deadline, for what follows the last flush: closing sockets, saying goodbye. */
const closingMs = 4_000;

function configurationError(message: string): StartError {
  return new StartError('configuration', message, exitCode.configuration);
}

/** The viewers' port: its bounds, and where viewers come from by the proxies that are believed. */
function portOptions(settings: TrackerSettings) {
  const { proxy_header: proxyHeader, proxy_protocol: usesProxyProtocol } = settings;
  try {
    const proxies = trustedProxies(settings.trusted_proxies);
    return {
      host: settings.tracker_listen_host,
      port: settings.tracker_listen_port,
      socketsMax: settings.sockets_max,
      socketsPerAddressMax: settings.sockets_per_address_max,
      trustedProxies: proxies,
      proxyHeader,
      usesProxyProtocol,
    };
  } catch (error) {
    throw configurationError(`setting "trusted_proxies": ${messageOf(error)}`);
  }
}

/** What viewers are lent for a time. */
function lenders(settings: TrackerSettings) {
  const { ticket_hours: lifetimeHours, ticket_total_hours: totalHours } = settings;
  const ticketTimes = { lifetimeMs: lifetimeHours * hourMs, totalMs: totalHours * hourMs };
  try {
    return { iceServers: iceServersOf(settings), ticketTimes };
  } catch (error) {
    throw configurationError(messageOf(error));
  }
}

/** How the time until `stop_deadline_seconds` is spent. */
function stopTimesOf(settings: TrackerSettings): { drainMs: number; flushMs: number } {
  const drainMs = settings.drain_seconds * 1_000;
  const flushMs = settings.stop_deadline_seconds * 1_000 - drainMs - closingMs;
  if (flushMs <= 0) {
    throw configurationError(
      `setting "drain_seconds" must be more than ${closingMs / 1_000} s below stop_deadline_seconds`,
    );
  }
  return { drainMs, flushMs };
}

/** Where mistakes of ours are told that end a viewer's socket, and no more than that. */
function internalErrorLog({ logger }: Context): (error: unknown) => void {
  const limitedLog = new RateLimitedLog(now);
  return (error) =>
    limitedLog.log('internal', (heldBack) =>
      logger.error({ error: stackOf(error), heldBack }, 'a mistake of ours ended a socket'),
    );
}

/** Names those who report what can't be, a line a second at most. */
function implausibleLog({ logger }: Context): ViewerParts['onImplausible'] {
  const limitedLog = new RateLimitedLog(now, implausibleLogEveryMs);
  return (session, address, numbers) =>
    limitedLog.log('implausible', (heldBack) =>
      logger.warn(
        { session, address, announces: numbers.length, heldBack },
        'announces refused that cannot be true: a player is wrong, or lies',
      ),
    );
}

/** The connection, the cluster's settings and the streams, and a producer that checks our clock. */
async function openKafka({ settings, logger, health, stopping, onStop }: Context) {
  const clockCheck = new ClockCheck({
    differenceMsMax: trackerLimits.clockDifferenceMsMax,
    lifetimeMs: trackerLimits.clockReadingLifetimeMs,
  });
  const kafka = watchClock(
    connectKafka({ brokers: settings.kafka_brokers, clientId: settings.node_name, logger }),
    clockCheck,
    now,
  );
  const { cluster, registry } = await openCluster({ kafka, logger, stopping });
  onStop('registry', () => registry.stop());
  const producer = await kafka.producer();
  onStop('producer', () => producer.close());
  health.addCheck('clock', () => clockCheck.problem(now()));
  const clockLog = setInterval(() => {
    const problem = clockCheck.problem(now());
    if (problem !== undefined) logger.error({ problem }, 'not ready: the clock is wrong');
  }, clockLogEveryMs);
  onStop('clock log', () => clearInterval(clockLog));
  return { kafka, clockCheck, cluster, registry, producer };
}

function announceWriter(
  { settings, logger }: Context,
  { cluster, producer }: OpenKafka,
  metrics: TrackerMetrics,
): AnnounceWriter<Reports> {
  return new AnnounceWriter({
    tracker: settings.node_name,
    partitions: cluster.partitions,
    times: cluster,
    batchAnnouncesMax: settings.batch_announces_max,
    batchWaitMs: settings.batch_wait_ms,
    requestsInFlightMax: trackerLimits.requestsInFlightMax,
    retryDelayMs: trackerLimits.retryDelayMs,
    retryDelayMsMax: trackerLimits.retryDelayMsMax,
    partitionQueueBytesMax: settings.partition_queue_bytes_max,
    queueBytesMax: settings.queue_bytes_max,
    producer,
    logger,
    metrics,
    now,
    onAnswers: tellAnswers,
  });
}

/** How often sessions report, and what they can have done. */
function sessionParts(
  settings: TrackerSettings,
  { cluster }: OpenKafka,
): Pick<ViewerParts, 'announceIntervalMs' | 'rates' | 'budgets'> {
  const announceIntervalMs = settings.announce_interval_seconds * 1_000;
  const rates = sessionRates({
    times: cluster,
    announceIntervalMs,
    sessionMbpsMax: settings.session_mbps_max,
    sessionAnnouncesMax: settings.session_announces_max,
  });
  const idleMax = trackerLimits.idleBudgetsPerSocket * settings.sockets_max;
  return { announceIntervalMs, rates, budgets: new SessionBudgets(rates, idleMax) };
}

function membership(
  context: Context,
  { kafka, cluster }: OpenKafka,
  own: { readonly state: string; readonly socketCount: () => number },
): Membership {
  const { settings, logger, adminAddress, fail, stopping } = context;
  return new Membership({
    kafka,
    logger,
    name: settings.node_name,
    role: 'tracker',
    address: adminAddress,
    version: packageVersion(),
    settingsFingerprint: settingsFingerprint(cluster, {
      announce_interval_seconds: settings.announce_interval_seconds,
      ice_servers: settings.ice_servers,
      turn_username: settings.turn_username,
      turn_ttl_seconds: settings.turn_ttl_seconds,
      ticket_hours: settings.ticket_hours,
      ticket_total_hours: settings.ticket_total_hours,
      session_mbps_max: settings.session_mbps_max,
      session_announces_max: settings.session_announces_max,
    }),
    load: () => Math.min(1, own.socketCount() / settings.sockets_max),
    state: () => own.state,
    fail,
    stopping,
  });
}

/** Writes what waits; says so when some of it has no answer in time. */
async function writeOut(
  announces: AnnounceWriter<Reports>,
  deadlineMs: number,
  logger: Logger,
): Promise<void> {
  if (await announces.flush(deadlineMs)) return;
  const bytes = announces.queueBytes;
  logger.warn({ bytes }, 'stopping with announces that Kafka has not answered');
}

await runService('tracker', trackerSettings, async (context) => {
  const { settings, logger, health, onStop } = context;
  const port = portOptions(settings);
  const lent = lenders(settings);
  const stopTimes = stopTimesOf(settings);
  const networks = await WatchedDatabases.open(settings.network_databases, logger);
  onStop('network databases', () => networks.stop());
  const random = seededRandom(randomInt(2 ** 32));
  const metrics = new TrackerMetrics(context.metrics);
  const onInternalError = internalErrorLog(context);

  // Kafka, every answer of which also says whether our clock is right.
  const kafka = await openKafka(context);

  // Announces on their way into the log.
  const announces = announceWriter(context, kafka, metrics);
  onStop('announces', () => announces.stop());

  // Who is here and at other trackers, and whom they may meet.
  const { meeting, link } = meetingPlace(context, kafka, random, now);
  const viblast = viblastDialect({
    cluster: kafka.cluster,
    findStream: (key) => kafka.registry.stream(key),
    ...meeting,
    announces,
    metrics,
    ...sessionParts(settings, kafka),
    messagesPerSecond: settings.messages_per_second,
    messagesBurst: settings.messages_burst,
    ...lent,
    networkOf: (address) => networks.networkOf(address),
    leaveDeadlineMs: trackerLimits.leaveDeadlineMs,
    now,
    partitionOf,
    onImplausible: implausibleLog(context),
    onInternalError,
  });

  // The other nodes' view of this one; under a name that is another's it never meets them.
  const own = { state: 'starting', socketCount: (): number => 0 };
  const members = membership(context, kafka, own);
  await members.start();
  onStop('members', () => members.stop());
  link.start();

  // The viewers' port.
  const server = await startTrackerServer({
    ...port,
    messagesPerSecond: settings.messages_per_second,
    messagesBurst: settings.messages_burst,
    greetingDeadlineMs: trackerLimits.greetingDeadlineMs,
    dialects: [viblast],
    isReady: () => Object.keys(health.reasons()).length === 0,
    metrics,
    logger,
    now,
    onInternalError,
  });
  own.socketCount = () => server.socketCount;
  own.state = 'up';
  metrics.watch({
    sockets: () => server.socketCount,
    ...meetingGauges(meeting, now),
    networksBuiltAtMs: () => networks.builtAtMs,
    queueBytes: () => announces.queueBytes,
    clockDifferenceMs: () => kafka.clockCheck.differenceMs(now()),
  });
  const believed = { trustedProxies: settings.trusted_proxies };
  logger.info({ address: server.address, ...believed }, 'listening to viewers');

  // The end: viewers go elsewhere, what they reported is written, then the sockets close.
  onStop('viewers', async () => {
    own.state = 'draining';
    server.stopAccepting();
    link.leave();
    await server.sendAway(stopTimes.drainMs, random);
    await writeOut(announces, stopTimes.flushMs, logger);
    await server.close();
  });
});
