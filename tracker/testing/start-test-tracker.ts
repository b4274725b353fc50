import { randomBytes } from 'node:crypto';
import { Registry } from 'prom-client';
import { partitionOf } from '../../kafka/index.js';
import type { ClusterSettings, RegisteredStream } from '../../registry/index.js';
import { AnnounceWriter } from '../announces/announce-writer.js';
import { trustedProxies } from '../sockets/client-address.js';
import { trackerLimits } from '../limits.js';
import { TrackerMetrics } from '../metrics.js';
import { startTrackerServer, type TrackerServer } from '../sockets/server.js';
import { OfferBook } from '../swarm/offer-book.js';
import { nearAndRandom } from '../swarm/peer-choice.js';
import { seededRandom } from '../../service/random.js';
import { SwarmStore } from '../swarm/swarm-store.js';
import { SessionDirectory } from '../viblast/session-directory.js';
import { tellAnswers } from '../viblast/tell-answers.js';
import type { ViewerParts } from '../viblast/viewer-parts.js';
import type { ViewerSession } from '../viblast/viewer-session.js';
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
};

export function testStream(key: string, changes: Partial<RegisteredStream> = {}): RegisteredStream {
  return {
    key,
    title: key,
    origins: [],
    tokenKeys: [],
    renditions: [],
    countPlainSockets: false,
    isArchived: false,
    revision: 1,
    changedAtMs: 0,
    changedBy: 'test',
    ...changes,
  };
}

export interface TestTrackerOptions {
  readonly queueBytesMax?: number;
  readonly socketsMax?: number;
  readonly socketsPerAddressMax?: number;
  readonly messagesBurst?: number;
}

export interface TestTracker {
  readonly url: string;
  readonly http: string;
  readonly log: MemoryLog;
  readonly streams: Map<string, RegisteredStream>;
  readonly parts: ViewerParts;
  readonly server: TrackerServer;
  readonly announces: AnnounceWriter<ViewerSession>;
  readonly internalErrors: unknown[];
  isReady: boolean;
  stop(): Promise<void>;
}

const silent = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};

/** A whole tracker in this process, with a log in memory instead of Kafka. */
export async function startTestTracker(options: TestTrackerOptions = {}): Promise<TestTracker> {
  const log = new MemoryLog();
  const metrics = new TrackerMetrics(new Registry());
  const streams = new Map([['arena', testStream('arena')]]);
  const internalErrors: unknown[] = [];
  const random = seededRandom(7);
  const announces = new AnnounceWriter<ViewerSession>({
    tracker: 'test-tracker',
    partitions: testCluster.partitions,
    times: testCluster,
    batchAnnouncesMax: 128,
    batchWaitMs: 5,
    requestsInFlightMax: 4,
    retryDelayMs: 5,
    retryDelayMsMax: 20,
    partitionQueueBytesMax: options.queueBytesMax ?? 1e6,
    queueBytesMax: options.queueBytesMax ?? 1e6,
    producer: log,
    logger: silent,
    metrics,
    now: Date.now,
    onAnswers: tellAnswers,
  });
  const parts: ViewerParts = {
    cluster: testCluster,
    findStream: (key) => streams.get(key),
    swarms: new SwarmStore({ choose: nearAndRandom, random, peersPerSwarmMax: 1_000 }),
    offers: new OfferBook(trackerLimits),
    directory: new SessionDirectory(),
    announces,
    metrics,
    announceIntervalMs: 5_000,
    iceServers: ['stun:stun.example:3478'],
    now: Date.now,
    newPeerId: () => randomBytes(16).toString('base64url'),
    partitionOf,
    onInternalError: (error) => internalErrors.push(error),
  };
  const state = { isReady: true };
  const server = await startTrackerServer({
    host: '127.0.0.1',
    port: 0,
    socketsMax: options.socketsMax ?? 100,
    socketsPerAddressMax: options.socketsPerAddressMax ?? 100,
    trustedProxies: trustedProxies(['127.0.0.0/8']),
    messagesPerSecond: 100,
    messagesBurst: options.messagesBurst ?? 1_000,
    isReady: () => state.isReady,
    parts,
  });
  return {
    url: `ws://${server.address}/`,
    http: `http://${server.address}`,
    log,
    streams,
    parts,
    server,
    announces,
    internalErrors,
    get isReady() {
      return state.isReady;
    },
    set isReady(isReady) {
      state.isReady = isReady;
    },
    async stop() {
      announces.stop();
      await server.close();
    },
  };
}
