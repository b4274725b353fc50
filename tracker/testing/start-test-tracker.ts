import { silentLogger } from '../../service/testing/silent-logger.js';
import type { Logger } from '../../service/logs.js';
import { trustedProxies } from '../sockets/client-address.js';
import type { Dialect } from '../sockets/conversation.js';
import type { ProxyHeader } from '../sockets/forwarded-hops.js';
import { startTrackerServer, type TrackerServer } from '../sockets/server.js';
import { trackerLimits } from '../limits.js';
import type { Certificate } from '../tls/certificate.js';
import { viblastDialect } from '../viblast/dialect.js';
import type { ViewerParts } from '../viblast/viewer-parts.js';
import type { TorrentsOptions } from '../webtorrent/open-torrents.js';
import { testParts, testTorrents, type TestParts } from './test-parts.js';

export interface TestTrackerOptions {
  readonly queueBytesMax?: number;
  readonly socketsMax?: number;
  readonly socketsPerAddressMax?: number;
  readonly messagesBurst?: number;
  readonly greetingDeadlineMs?: number;
  readonly aliveCheckMs?: number;
  readonly trustedProxies?: readonly string[];
  readonly proxyHeader?: ProxyHeader;
  readonly usesProxyProtocol?: boolean;
  /** With a port for TLS. */
  readonly certificate?: () => Certificate;
  readonly logger?: Logger;
  /** Instead of those of `testParts`. */
  readonly parts?: Partial<ViewerParts>;
  /** What is other than usual of the WebTorrent dialect. */
  readonly torrents?: Partial<TorrentsOptions>;
  /** Instead of viblast.v1 and WebTorrent. */
  readonly dialects?: readonly Dialect[];
}

export interface TestTracker extends TestParts {
  readonly url: string;
  /** Of the port with TLS. */
  readonly secureUrl: string;
  readonly http: string;
  readonly server: TrackerServer;
  isReady: boolean;
  stop(): Promise<void>;
}

/** A whole tracker in this process, with a log in memory instead of Kafka. */
export async function startTestTracker(options: TestTrackerOptions = {}): Promise<TestTracker> {
  const inside = testParts(options.queueBytesMax);
  const { announces } = inside;
  const messagesBurst = options.messagesBurst ?? inside.parts.messagesBurst;
  const parts = { ...inside.parts, messagesBurst, ...options.parts };
  const known = { ...inside, parts };
  const state = { isReady: true };
  const server = await startTrackerServer({
    host: '127.0.0.1',
    port: 0,
    tls: options.certificate && { port: 0, certificate: options.certificate },
    socketsMax: options.socketsMax ?? 100,
    socketsPerAddressMax: options.socketsPerAddressMax ?? 100,
    trustedProxies: trustedProxies(options.trustedProxies ?? ['127.0.0.0/8']),
    proxyHeader: options.proxyHeader ?? 'either',
    usesProxyProtocol: options.usesProxyProtocol ?? false,
    logger: options.logger ?? silentLogger,
    messagesPerSecond: parts.messagesPerSecond,
    messagesBurst: parts.messagesBurst,
    greetingDeadlineMs: options.greetingDeadlineMs ?? trackerLimits.greetingDeadlineMs,
    aliveCheckMs: options.aliveCheckMs ?? trackerLimits.aliveCheckMs,
    dialects: options.dialects ?? [viblastDialect(parts), testTorrents(known, options.torrents)],
    isReady: () => state.isReady,
    metrics: parts.metrics,
    now: parts.now,
    random: () => 0,
    reconnectsPerSecondMax: 500,
    onInternalError: parts.onInternalError,
  });
  return {
    ...known,
    url: `ws://${server.address}/`,
    secureUrl: `wss://${server.tlsAddress ?? ''}/`,
    http: `http://${server.address}`,
    server,
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
