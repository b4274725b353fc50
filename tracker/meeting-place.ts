import { randomBytes } from 'node:crypto';
import type { KafkaConnection } from '../kafka/index.js';
import type { ClusterSettings } from '../registry/index.js';
import type { Random } from '../service/random.js';
import type { ServiceContext } from '../service/run-service.js';
import type { ClockCheck } from './clock-check.js';
import { signalLimits, trackerLimits } from './limits.js';
import { meetNeighbours, newInstance, newPeerId } from './neighbours/index.js';
import { StreamAudience } from './policy/stream-audience.js';
import type { TrackerSettings } from './settings.js';
import { OfferBook } from './swarm/offer-book.js';
import { nearAndRandom } from './swarm/peer-choice.js';
import { SwarmStore } from './swarm/swarm-store.js';
import { SessionDirectory } from './viblast/session-directory.js';

interface ReachedBy {
  readonly kafka: KafkaConnection;
  readonly cluster: ClusterSettings;
  readonly clockCheck: ClockCheck;
}

/** Who is here and at other trackers, and whom they may meet. */
export function meetingPlace(
  { settings, metrics, logger, onStop }: ServiceContext<TrackerSettings>,
  { kafka, cluster, clockCheck }: ReachedBy,
  random: Random,
  now: () => number,
) {
  const announceIntervalMs = settings.announce_interval_seconds * 1_000;
  const instance = newInstance(randomBytes);
  const { elsewhere, neighbours, link } = meetNeighbours({
    tracker: settings.node_name,
    instance,
    announceIntervalMs,
    kafka,
    cluster,
    clockDifferenceMs: () => clockCheck.differenceMs(now()) ?? 0,
    registry: metrics,
    logger,
    now,
  });
  const swarms = new SwarmStore({
    choose: nearAndRandom,
    random,
    peersPerSwarmMax: settings.peers_per_swarm_max,
    unheardMsMax: trackerLimits.silentIntervalsMax * announceIntervalMs,
    elsewhere,
  });
  elsewhere.serve(swarms);
  onStop('neighbours', () => link.stop());
  return {
    meeting: {
      swarms,
      offers: new OfferBook(signalLimits),
      directory: new SessionDirectory(),
      audience: new StreamAudience(),
      neighbours,
      newPeerId: () => newPeerId(instance, randomBytes),
    },
    link,
  };
}

/** What is to be told of a meeting place. */
export function meetingGauges(
  { swarms, offers, directory }: ReturnType<typeof meetingPlace>['meeting'],
  now: () => number,
) {
  return {
    sessions: () => directory.size,
    swarms: () => swarms.swarmCount,
    suitablePeers: () => swarms.suitableCount(now()),
    negotiations: () => offers.size,
    introductions: () => swarms.introductions,
    introductionsConnected: () => swarms.connected,
  };
}
