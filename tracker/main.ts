import { randomInt } from 'node:crypto';
import { connectService, partitionOf } from '../kafka/index.js';
import {
  Membership,
  NodeRing,
  joinCluster,
  sealingOf,
  settingsFingerprint,
  UnsealedStreams,
} from '../registry/index.js';
import { exitCode, messageOf, StartError } from '../service/errors.js';
import { packageVersion } from '../service/package-root.js';
import { seededRandom, type Random } from '../service/random.js';
import { runService, type ServiceContext } from '../service/run-service.js';
import type { ToldRefusal } from './admission/check.js';
import { openAgent } from './agent/open-agent.js';
import { ProxiesNotice } from './agent/proxies-notice.js';
import { AnnounceWriter } from './announces/announce-writer.js';
import { tellAnswers, type Reports } from './announces/reports.js';
import { SessionBudgets } from './announces/session-budgets.js';
import { sessionRates } from './announces/session-rates.js';
import { ClockCheck, watchClock } from './clock-check.js';
import { drainTimes } from './drain/drain-times.js';
import { goWhenTakenOut } from './drain/go-when-taken-out.js';
import { openDrain } from './drain/open-drain.js';
import { iceServersOf } from './ice/ice-servers.js';
import { implausibleLog, internalErrorLog, refusedLog } from './limited-logs.js';
import { trackerLimits } from './limits.js';
import { meetingGauges, meetingPlace } from './meeting-place.js';
import { TrackerMetrics } from './metrics.js';
import { SessionFacets } from './facets/session-facets.js';
import { viewerPseudonyms } from './facets/viewer-pseudonym.js';
import { openNetworks } from './networks/open-networks.js';
import type { WatchedDatabases } from './networks/watched-databases.js';
import { checkOpenFiles } from './open-files.js';
import { trackerSettings, type TrackerSettings } from './settings.js';
import { openPort, portOptions } from './sockets/open-port.js';
import type { Dialect } from './sockets/conversation.js';
import type { TrackerServer } from './sockets/server.js';
import type { CertificateFiles } from './tls/certificate-files.js';
import { openCertificate } from './tls/open-certificate.js';
import { viblastDialect } from './viblast/dialect.js';
import type { ViewerParts } from './viblast/viewer-parts.js';
import { openTorrents } from './webtorrent/open-torrents.js';

type Context = ServiceContext<TrackerSettings>;
type OpenKafka = Awaited<ReturnType<typeof openKafka>>;
type Meeting = ReturnType<typeof meetingPlace>['meeting'];
interface WatchedParts {
  readonly meeting: Meeting;
  readonly networks: WatchedDatabases;
  readonly server: TrackerServer;
  readonly isDraining: () => boolean;
  readonly certificate: CertificateFiles | undefined;
  readonly announces: AnnounceWriter<Reports>;
  readonly kafka: OpenKafka;
}

const now = Date.now;
const hourMs = 3_600_000;
const clockLogEveryMs = 10_000;

function configurationError(message: string): StartError {
  return new StartError('configuration', message, exitCode.configuration);
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

/** The connection, the cluster's settings and the streams, and a producer that checks our clock. */
async function openKafka(context: Context) {
  const { logger, health, onStop } = context;
  const clockCheck = new ClockCheck({
    differenceMsMax: trackerLimits.clockDifferenceMsMax,
    lifetimeMs: trackerLimits.clockReadingLifetimeMs,
  });
  const kafka = watchClock(connectService(context), clockCheck, now);
  const { cluster, registry } = await joinCluster(kafka, context);
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
  { cluster, registry, producer }: OpenKafka,
  metrics: TrackerMetrics,
): AnnounceWriter<Reports> {
  return new AnnounceWriter({
    tracker: settings.node_name,
    partitions: cluster.partitions,
    recordsVersion: () => (registry.cluster() ?? cluster).recordsVersion,
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
  { cluster }: Pick<OpenKafka, 'cluster'>,
  random: Random,
): Pick<ViewerParts, 'announceIntervalMs' | 'rates' | 'budgets'> {
  const announceIntervalMs = settings.announce_interval_seconds * 1_000;
  const rates = sessionRates({
    times: cluster,
    announceIntervalMs,
    sessionPlayedPercentMax: settings.session_played_percent_max,
    sessionMbpsMax: settings.session_mbps_max,
    sessionAnnouncesMax: settings.session_announces_max,
  });
  const idleMax = trackerLimits.idleBudgetsPerSocket * settings.sockets_max;
  return { announceIntervalMs, rates, budgets: new SessionBudgets(rates, idleMax, random) };
}

/** The languages that viewers may speak here. */
function dialectsOf(
  { settings, logger, metrics: metricsRegistry }: Context,
  { cluster, registry }: OpenKafka,
  place: Meeting &
    ReturnType<typeof lenders> &
    Pick<ViewerParts, 'announces' | 'metrics' | 'networkOf'>,
  random: Random,
): Dialect[] {
  const unsealed = new UnsealedStreams(sealingOf(settings), logger, now);
  registry.onChange((change) => {
    if (change.kind === 'stream') place.audience.streamChanged(change.stream);
  });
  const findStream = (key: string) => {
    const stream = registry.stream(key);
    return stream && unsealed.of(stream);
  };
  const tellRefused = refusedLog(logger, now);
  const shared = {
    ...place,
    ...sessionParts(settings, { cluster }, random),
    cluster,
    findStream,
    now,
    partitionOf,
    facets: new SessionFacets({
      names: settings.facets,
      knowsNetworks: settings.network_databases.length > 0,
      networksMax: trackerLimits.networksMax,
      onOther: (facet) => place.metrics.otherFacet(facet),
    }),
    pseudonymOf: viewerPseudonyms(settings.viewer_salt),
    onRefused: (refusal: ToldRefusal) => {
      place.metrics.socketRefused(refusal.reason);
      tellRefused(refusal);
    },
    onInternalError: internalErrorLog(logger, now),
  };
  return [
    viblastDialect({
      ...shared,
      messagesPerSecond: settings.messages_per_second,
      messagesBurst: settings.messages_burst,
      leaveDeadlineMs: trackerLimits.leaveDeadlineMs,
      onImplausible: implausibleLog(logger, now),
    }),
    openTorrents({
      ...shared,
      registry,
      metricsRegistry,
      takesStrangers: settings.webtorrent_strangers,
      socketsMax: settings.sockets_max,
    }),
  ];
}

function membership(
  context: Context,
  { kafka, cluster }: OpenKafka,
  own: { readonly state: () => string; readonly socketCount: () => number },
  ring: NodeRing,
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
      cluster_membership: settings.cluster_membership,
      announce_interval_seconds: settings.announce_interval_seconds,
      ice_servers: settings.ice_servers,
      turn_username: settings.turn_username,
      turn_ttl_seconds: settings.turn_ttl_seconds,
      ticket_hours: settings.ticket_hours,
      ticket_total_hours: settings.ticket_total_hours,
      session_played_percent_max: settings.session_played_percent_max,
      session_mbps_max: settings.session_mbps_max,
      session_announces_max: settings.session_announces_max,
      facets: settings.facets,
      registry_key_id: sealingOf(settings).keyId,
    }),
    load: () => Math.min(1, own.socketCount() / settings.sockets_max),
    state: () => own.state(),
    viewers: () => own.socketCount(),
    ringRevision: () => ring.revision,
    fail,
    stopping,
  });
}

/** What is on `/metrics` and is read when somebody asks. */
function watchParts(
  metrics: TrackerMetrics,
  { server, isDraining, certificate, networks, meeting, announces, kafka }: WatchedParts,
): void {
  metrics.watch({
    sockets: () => server.socketCount,
    connections: () => server.connectionCount,
    isDraining,
    ...meetingGauges(meeting, now),
    networksBuiltAtMs: () => networks.builtAtMs,
    queueBytes: () => announces.queueBytes,
    clockDifferenceMs: () => kafka.clockCheck.differenceMs(now()),
    certificateExpiresAtMs: () => certificate?.current.expiresAtMs,
    certificateProblem: () => certificate?.problem,
  });
}

await runService('tracker', trackerSettings, async (context) => {
  const { settings, logger, health, onStop } = context;
  const port = portOptions(settings);
  const lent = lenders(settings);
  const times = drainTimes(settings);
  checkOpenFiles(settings.sockets_max);
  const certificate = await openCertificate(context, now);
  const networks = await openNetworks(context);
  const random = seededRandom(randomInt(2 ** 32));
  const metrics = new TrackerMetrics(context.metrics);
  const onInternalError = internalErrorLog(logger, now);

  // Kafka, every answer of which also says whether our clock is right.
  const kafka = await openKafka(context);

  // Announces on their way into the log.
  const announces = announceWriter(context, kafka, metrics);
  onStop('announces', () => announces.stop());

  // Who is here and at other trackers, and whom they may meet.
  const { meeting, link } = meetingPlace(context, kafka, random, now);
  const networkOf: ViewerParts['networkOf'] = (address) => networks.networkOf(address);
  const place = { ...meeting, ...lent, announces, metrics, networkOf };
  const dialects = dialectsOf(context, kafka, place, random);

  // The other nodes' view of this one; under a name that is another's it never meets them.
  const own = { state: () => 'starting', socketCount: () => 0, isDraining: () => false };
  const ring = new NodeRing(kafka.registry, 'vbt', settings.node_name, settings.cluster_membership);
  const members = membership(context, kafka, own, ring);
  await members.start();
  onStop('members', () => members.stop());
  link.start();

  // The viewers' ports.
  const notice = new ProxiesNotice(now);
  const isReady = (): boolean => Object.keys(health.reasons()).length === 0;
  const server = await openPort(context, port, {
    certificate: certificate && (() => certificate.current),
    dialects,
    isReady: (asker) => notice.passes(asker, own.isDraining(), isReady),
    metrics,
    now,
    random,
    onInternalError,
  });
  own.socketCount = () => server.socketCount;
  const isDraining = (): boolean => own.isDraining();
  watchParts(metrics, { isDraining, server, certificate, networks, meeting, announces, kafka });

  // The end: viewers go elsewhere, at a stop or when told so.
  const { noticed } = notice;
  const drain = openDrain(context, server, announces, {
    times,
    random,
    noticed,
    metrics,
    tellOthers: (isLeaving) => (isLeaving ? link.leave() : link.stay()),
  });
  own.isDraining = () => drain.isOn || !ring.isMember;
  const { state: ringState } = ring.telling(() => 'up');
  own.state = () => (drain.isOn ? 'draining' : ringState());
  goWhenTakenOut(context, ring);
  const { trustedProxies } = port;
  const { heldMs } = server;
  await openAgent(context, { trustedProxies, heldMs, notice, now, ...own });
  onStop('viewers', () => drain.stop().then(() => server.close()));
});
