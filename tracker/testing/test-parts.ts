import { randomBytes } from 'node:crypto';
import { Registry } from 'prom-client';
import { partitionOf } from '../../kafka/index.js';
import { emptyStream, type ClusterSettings, type RegisteredStream } from '../../registry/index.js';
import { facetNames } from '../../schemas/index.js';
import { seededRandom } from '../../service/random.js';
import { silentLogger } from '../../service/testing/silent-logger.js';
import type { ToldRefusal } from '../admission/check.js';
import { AnnounceWriter } from '../announces/announce-writer.js';
import { tellAnswers, type Reports } from '../announces/reports.js';
import { SessionBudgets } from '../announces/session-budgets.js';
import { sessionRates, type RateSettings } from '../announces/session-rates.js';
import { SessionFacets } from '../facets/session-facets.js';
import { viewerPseudonyms } from '../facets/viewer-pseudonym.js';
import { iceServersOf, type IceSettings } from '../ice/ice-servers.js';
import { signalLimits, trackerLimits } from '../limits.js';
import { TrackerMetrics } from '../metrics.js';
import { newPeerId, type Neighbours } from '../neighbours/index.js';
import { StreamAudience } from '../policy/stream-audience.js';
import { nowhere } from '../swarm/network.js';
import { OfferBook } from '../swarm/offer-book.js';
import { nearAndRandom } from '../swarm/peer-choice.js';
import { SwarmStore } from '../swarm/swarm-store.js';
import { SessionDirectory } from '../viblast/session-directory.js';
import type { ViewerParts } from '../viblast/viewer-parts.js';
import { openTorrents, type TorrentsOptions } from '../webtorrent/open-torrents.js';
import type { Dialect } from '../sockets/conversation.js';
import { MemoryLog } from './memory-log.js';

const testCluster: ClusterSettings = {
  revision: 1,
  partitions: 4,
  partialPartitions: 2,
  intervalMs: 60_000,
  lateMs: 180_000,
  graceMs: 60_000,
  takeoverMs: 60_000,
  replicationFactor: 1,
  minInsyncReplicas: 1,
  recordsVersion: 3,
};

export const testIceSettings: IceSettings = {
  ice_servers: ['stun:stun.example:3478'],
  turn_username: '',
  turn_password: '',
  turn_secret: '',
  turn_ttl_seconds: 600,
};

export function testStream(key: string, changes: Partial<RegisteredStream> = {}): RegisteredStream {
  return {
    ...emptyStream(key),
    title: key,
    revision: 1,
    createdAtMs: 0,
    changedAtMs: 0,
    changedBy: 'test',
    ...changes,
  };
}

/** As with the default settings. */
export const testRateSettings: RateSettings = {
  times: testCluster,
  announceIntervalMs: 5_000,
  sessionPlayedPercentMax: 110,
  sessionMbpsMax: 100,
  sessionAnnouncesMax: 10,
};
export const testRates = sessionRates(testRateSettings);

/** A tracker that has no others. */
export const alone: Neighbours = {
  instance: 'TestTest',
  isAlive: () => false,
  claim: () => false,
  send: () => false,
  receive: () => undefined,
};

/** All of a tracker but its port, with a log in memory instead of Kafka. */
export interface TestParts {
  readonly log: MemoryLog;
  /** The registry: one stream, `arena`, to begin with. */
  readonly streams: Map<string, RegisteredStream>;
  readonly announces: AnnounceWriter<Reports>;
  readonly parts: ViewerParts;
  readonly internalErrors: unknown[];
  /** Sessions and addresses of what was refused as implausible. */
  readonly implausible: { readonly session: string; readonly address: string }[];
  readonly refused: ToldRefusal[];
  /** What `/metrics` shows. */
  readonly registry: Registry;
}

/** The WebTorrent dialect on those parts, as it stands beside viblast.v1. */
export function testTorrents(
  { parts, streams, registry }: TestParts,
  changes: Partial<TorrentsOptions> = {},
): Dialect {
  return openTorrents({
    ...parts,
    registry: { streams: () => [...streams.values()], onChange: () => () => undefined },
    metricsRegistry: registry,
    takesStrangers: false,
    socketsMax: 100,
    ...changes,
  });
}

export function testParts(queueBytesMax = 1e6): TestParts {
  const log = new MemoryLog();
  const streams = new Map([['arena', testStream('arena')]]);
  const registry = new Registry();
  const metrics = new TrackerMetrics(registry);
  const internalErrors: unknown[] = [];
  const refused: ToldRefusal[] = [];
  const implausible: { session: string; address: string }[] = [];
  const announces = new AnnounceWriter({
    tracker: 'test-tracker',
    partitions: testCluster.partitions,
    times: testCluster,
    recordsVersion: () => testCluster.recordsVersion,
    batchAnnouncesMax: 128,
    batchWaitMs: 5,
    requestsInFlightMax: 4,
    retryDelayMs: 5,
    retryDelayMsMax: 20,
    partitionQueueBytesMax: queueBytesMax,
    queueBytesMax,
    producer: log,
    logger: silentLogger,
    metrics,
    now: Date.now,
    onAnswers: tellAnswers,
  });
  const parts: ViewerParts = {
    cluster: testCluster,
    findStream: (key) => streams.get(key),
    swarms: new SwarmStore({
      choose: nearAndRandom,
      random: seededRandom(7),
      peersPerSwarmMax: 1_000,
      unheardMsMax: trackerLimits.silentIntervalsMax * testRates.announceIntervalMs,
    }),
    offers: new OfferBook(signalLimits),
    directory: new SessionDirectory(),
    audience: new StreamAudience(),
    neighbours: alone,
    announces,
    metrics,
    announceIntervalMs: testRates.announceIntervalMs,
    messagesPerSecond: 100,
    messagesBurst: 1_000,
    rates: testRates,
    budgets: new SessionBudgets(testRates, 1_000, seededRandom(7)),
    networkOf: () => nowhere,
    facets: new SessionFacets({
      names: facetNames,
      knowsNetworks: false,
      networksMax: 100,
      onOther: (facet) => metrics.otherFacet(facet),
    }),
    pseudonymOf: viewerPseudonyms('a salt'),
    iceServers: iceServersOf(testIceSettings),
    ticketTimes: { lifetimeMs: 3_600_000, totalMs: 7_200_000 },
    leaveDeadlineMs: trackerLimits.leaveDeadlineMs,
    now: Date.now,
    newPeerId: () => newPeerId(alone.instance, randomBytes),
    partitionOf,
    onRefused: (refusal) => {
      refused.push(refusal);
      metrics.socketRefused(refusal.reason);
    },
    onImplausible: (session, address) => implausible.push({ session, address }),
    onInternalError: (error) => internalErrors.push(error),
  };
  return { log, streams, announces, parts, internalErrors, implausible, refused, registry };
}
