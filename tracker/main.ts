import { randomBytes, randomInt } from 'node:crypto';
import type { BlockList } from 'node:net';
import { connectKafka, partitionOf } from '../kafka/index.js';
import { Membership, openCluster, settingsFingerprint } from '../registry/index.js';
import { exitCode, messageOf, StartError } from '../service/errors.js';
import { RateLimitedLog } from '../service/logs.js';
import { packageVersion } from '../service/package-root.js';
import { runService } from '../service/run-service.js';
import { AnnounceWriter } from './announces/announce-writer.js';
import { trustedProxies } from './sockets/client-address.js';
import { ClockCheck, watchClock } from './clock-check.js';
import { trackerLimits } from './limits.js';
import { TrackerMetrics } from './metrics.js';
import { startTrackerServer } from './sockets/server.js';
import { trackerSettings, type TrackerSettings } from './settings.js';
import { OfferBook } from './swarm/offer-book.js';
import { nearAndRandom } from './swarm/peer-choice.js';
import { seededRandom } from '../service/random.js';
import { SwarmStore } from './swarm/swarm-store.js';
import { SessionDirectory } from './viblast/session-directory.js';
import { tellAnswers } from './viblast/tell-answers.js';
import type { ViewerSession } from './viblast/viewer-session.js';

const now = Date.now;
const clockLogEveryMs = 10_000;
/** Of the stop deadline, for what follows the last flush: closing sockets, saying goodbye. */
const closingMs = 4_000;

function configurationError(message: string): StartError {
  return new StartError('configuration', message, exitCode.configuration);
}

function proxiesOf(settings: TrackerSettings): BlockList {
  try {
    return trustedProxies(settings.trusted_proxies);
  } catch (error) {
    throw configurationError(`setting "trusted_proxies": ${messageOf(error)}`);
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

await runService('tracker', trackerSettings, async (context) => {
  const { settings, logger, health, stopping, onStop } = context;
  const proxies = proxiesOf(settings);
  const stopTimes = stopTimesOf(settings);
  const random = seededRandom(randomInt(2 ** 32));
  const metrics = new TrackerMetrics(context.metrics);
  const limitedLog = new RateLimitedLog(now);

  // Kafka, every answer of which also says whether our clock is right.
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

  // Announces on their way into the log.
  const announces = new AnnounceWriter<ViewerSession>({
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
  onStop('announces', () => announces.stop());

  // Who is here, and whom they may meet.
  const swarms = new SwarmStore({
    choose: nearAndRandom,
    random,
    peersPerSwarmMax: settings.peers_per_swarm_max,
  });
  const offers = new OfferBook(trackerLimits);
  const directory = new SessionDirectory();

  // The other nodes' view of this one.
  let state = 'starting';
  let socketCount = (): number => 0;
  const members = new Membership({
    kafka,
    logger,
    name: settings.node_name,
    role: 'tracker',
    address: context.adminAddress,
    version: packageVersion(),
    settingsFingerprint: settingsFingerprint(cluster, {
      announce_interval_seconds: settings.announce_interval_seconds,
      ice_servers: settings.ice_servers,
    }),
    load: () => Math.min(1, socketCount() / settings.sockets_max),
    state: () => state,
    fail: context.fail,
    stopping,
  });
  await members.start();
  onStop('members', () => members.stop());

  // The viewers' port.
  const server = await startTrackerServer({
    host: settings.tracker_listen_host,
    port: settings.tracker_listen_port,
    socketsMax: settings.sockets_max,
    socketsPerAddressMax: settings.sockets_per_address_max,
    trustedProxies: proxies,
    messagesPerSecond: settings.messages_per_second,
    messagesBurst: settings.messages_burst,
    isReady: () => Object.keys(health.reasons()).length === 0,
    parts: {
      cluster,
      findStream: (key) => registry.stream(key),
      swarms,
      offers,
      directory,
      announces,
      metrics,
      announceIntervalMs: settings.announce_interval_seconds * 1_000,
      iceServers: settings.ice_servers,
      now,
      newPeerId: () => randomBytes(16).toString('base64url'),
      partitionOf,
      onInternalError: (error) =>
        limitedLog.log('internal', (heldBack) =>
          logger.error(
            { error: error instanceof Error ? error.stack : messageOf(error), heldBack },
            'a mistake of ours ended a socket',
          ),
        ),
    },
  });
  socketCount = () => server.socketCount;
  metrics.watch({
    sockets: () => server.socketCount,
    sessions: () => directory.size,
    swarms: () => swarms.swarmCount,
    queueBytes: () => announces.queueBytes,
    clockDifferenceMs: () => clockCheck.differenceMs(now()),
  });
  state = 'up';
  logger.info({ address: server.address }, 'listening to viewers');

  // The end: viewers go elsewhere, what they reported is written, then the sockets close.
  onStop('viewers', async () => {
    state = 'draining';
    server.stopAccepting();
    await server.sendAway(stopTimes.drainMs, random);
    const isWritten = await announces.flush(stopTimes.flushMs);
    if (!isWritten) {
      logger.warn(
        { bytes: announces.queueBytes },
        'stopping with announces that Kafka has not answered',
      );
    }
    await server.close();
  });
});
