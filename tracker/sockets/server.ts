import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import { createServer as createPort, Socket, type BlockList, type Server as Port } from 'node:net';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type ServerOptions } from 'ws';
import { closeCodes } from '../../protocol/index.js';
import { boundAddress, listen } from '../../service/admin-server.js';
import type { Logger } from '../../service/logs.js';
import type { Random } from '../../service/random.js';
import { jitterMs } from '../drain/drain-times.js';
import type { Leaver } from '../drain/drain.js';
import { ProxyWorkers } from '../drain/proxy-workers.js';
import { trackerLimits } from '../limits.js';
import type { Certificate } from '../tls/certificate.js';
import { secureConnection } from '../tls/secure-connection.js';
import { requestedFamily } from './browser-family.js';
import { clientAddress, isTrusted } from './client-address.js';
import { Beacons, type BeaconOutcome } from './beacons.js';
import type { Dialect, ViewerRequest } from './conversation.js';
import { forwardedHops, tellsOfProxy, type ProxyHeader } from './forwarded-hops.js';
import { HeaderHabits } from './header-habits.js';
import { ConnectionGuard, type ConnectionRefusal } from './guard-connections.js';
import {
  answerHttp,
  answerTo,
  isPlainRequest,
  refuseUnreadable,
  refuseUpgrade,
  type UnreadableRequest,
} from './http-answers.js';
import { OpenSockets, type OpenSocketsOptions } from './open-sockets.js';
import { ProxyHints, type Arrival } from './proxy-hints.js';
import { TurnPause } from './turn-pause.js';
import { TurnWrites, type FramedConnection } from './turn-writes.js';
import { refusalOf, type SocketRefusal, type UpgradeRefusal } from './upgrade-checks.js';
import { ViewerSocket, type SocketEnd, type ViewerSocketOptions } from './viewer-socket.js';

/** Of the name of a proxy's worker, as much as is read. */
const workerNameMax = 128;

export interface TrackerServerOptions extends ViewerSocketOptions, OpenSocketsOptions {
  readonly host: string;
  readonly port: number;
  /** A second port, with TLS; the certificate is asked for at each connection. */
  readonly tls?: { readonly port: number; readonly certificate: () => Certificate } | undefined;
  readonly trustedProxies: BlockList;
  readonly proxyHeader: ProxyHeader;
  /** True: every connection begins with a PROXY header. */
  readonly usesProxyProtocol: boolean;
  /** How often each socket is looked at whether anything came from it. */
  readonly aliveCheckMs: number;
  /** Viewers of a proxy's former worker who are asked to come again, at most, in a second. */
  readonly reconnectsPerSecondMax: number;
  readonly random: Random;
  /** What viewers may speak. Where a socket asks for several, the first one here is taken. */
  readonly dialects: readonly Dialect[];
  /** True: the asker may send viewers here. Asked at each `GET /health`. */
  readonly isReady: (asker: string) => boolean;
  readonly metrics: {
    socketRefused(reason: SocketRefusal | ConnectionRefusal | 'subprotocol' | 'tls'): void;
    socketEnded(reason: SocketEnd): void;
    beacon(outcome: BeaconOutcome): void;
    sentAway(reason: 'proxy_reload', count: number): void;
    untrustedForwarding(): void;
  };
  readonly logger: Logger;
}

export interface TrackerServer {
  /** `host:port` as bound. */
  readonly address: string;
  /** The same of the port with TLS. */
  readonly tlsAddress: string | undefined;
  readonly socketCount: number;
  readonly connectionCount: number;
  /** For how long it has held this thread up so far, to gather what comes. */
  readonly heldMs: () => number;
  /** From here on further sockets are refused (503). */
  stopAccepting(): void;
  acceptAgain(): void;
  /** Those whose sockets are open, to be sent away. */
  viewers(): readonly Leaver[];
  /** Resolves when no socket is left, or after `deadlineMs`. */
  allClosed(deadlineMs: number): Promise<void>;
  /** Closes all sockets (1001). */
  closeSockets(): Promise<void>;
  /** Closes all sockets (1001) and the port. */
  close(): Promise<void>;
}

/**
 * The tracker's port, and the one with TLS: WebSockets, bounds over both, HAProxy's check. Rejects
 * when one can't be bound.
 */
export async function startTrackerServer(options: TrackerServerOptions): Promise<TrackerServer> {
  const sockets = new OpenSockets(options);
  const webSockets = webSocketServer(options.dialects);
  const turn = new TurnWrites(pauseOf(sockets));
  let isAccepting = true;

  const workers = new ProxyWorkers();
  const http = httpServer();
  const hints = new ProxyHints(options);
  const guard = guardOf(http, hints, options);
  guard.standBefore(http, (connection) => connection);
  const habits = new HeaderHabits();
  http.on('request', answerRequests({ guard, workers, habits }, options));
  refuseNonsense(http, guard, hints);
  http.on('upgrade', (request: IncomingMessage, stream: Duplex, head: Buffer) => {
    stream.on('error', endStream);
    if (isPlainRequest(request)) {
      http.emit('request', request, answerTo(request, trackerLimits.refusedDeadlineMs));
      return;
    }
    const arrival = arrivalOf(request, guard, habits, options);
    hints.arrived(arrival);
    const refusal = refusalOf({ isAccepting, ...sockets.room(arrival.address) });
    if (refusal !== undefined) {
      hints.refused(arrival, refusal.name);
      refuse(stream, refusal, options);
      return;
    }
    webSockets.handleUpgrade(request, stream, head, (socket) => {
      const viewer = beginConversation({ socket, stream, turn }, request, arrival, options);
      sockets.add(socket, arrival.address, viewer);
      const worker = workerOf(request, guard, options);
      if (viewer !== undefined && worker !== undefined) workers.hold(worker, viewer, socket);
    });
  });
  const turnMs = options.aliveCheckMs / trackerLimits.aliveCheckTurns;
  const checks = setInterval(() => sockets.checkAlive(), turnMs);
  const moves = setInterval(() => sendLeavers(workers, options), 1_000);
  await listen(http, options.host, options.port);
  const tls = await openTlsPort(guard, options);

  const closeSockets = (): Promise<void> =>
    sockets.close(closeCodes.stopping, 'the tracker stops', trackerLimits.closeDeadlineMs);

  return {
    address: boundAddress(http),
    tlsAddress: tls === undefined ? undefined : boundAddress(tls),
    get socketCount() {
      return sockets.count;
    },
    get connectionCount() {
      return guard.connectionCount;
    },
    heldMs: () => turn.heldMs,
    stopAccepting() {
      isAccepting = false;
    },
    acceptAgain() {
      isAccepting = true;
    },
    viewers: () => sockets.viewers(),
    allClosed: (deadlineMs) => sockets.allClosed(deadlineMs),
    closeSockets,
    async close() {
      isAccepting = false;
      clearInterval(checks);
      clearInterval(moves);
      await closeSockets();
      guard.endAll();
      await Promise.all([closed(http), ...(tls === undefined ? [] : [closed(tls)])]);
    },
  };
}

function refuseNonsense(http: Server, guard: ConnectionGuard, hints: ProxyHints): void {
  http.on('clientError', (error: UnreadableRequest, stream) => {
    if (stream instanceof Socket) hints.unreadable(guard.addressOf(stream), error.rawPacket);
    refuseUnreadable(error, stream);
  });
}

function refuse(
  stream: Duplex,
  { name, status }: UpgradeRefusal,
  { metrics }: TrackerServerOptions,
): void {
  metrics.socketRefused(name);
  refuseUpgrade(stream, status, trackerLimits.refusedDeadlineMs);
}

/** A function of its own: a closure would keep the request for as long as its socket stands. */
function endStream(this: Duplex): void {
  this.destroy();
}

/** What the proxy's process on the way calls itself, as far as the proxy is to be believed. */
function workerOf(
  { socket, headers }: IncomingMessage,
  guard: ConnectionGuard,
  { trustedProxies, usesProxyProtocol }: TrackerServerOptions,
): string | undefined {
  const worker = headers['x-proxy-worker'];
  const isBelieved = usesProxyProtocol || isTrusted(guard.addressOf(socket), trustedProxies);
  return isBelieved && typeof worker === 'string' ? worker.slice(0, workerNameMax) : undefined;
}

function sendLeavers(
  workers: ProxyWorkers,
  { reconnectsPerSecondMax, random, metrics }: TrackerServerOptions,
): void {
  const leavers = workers.takeLeavers(reconnectsPerSecondMax);
  for (const viewer of leavers) viewer.reconnect(Math.floor(random() * jitterMs));
  metrics.sentAway('proxy_reload', leavers.length);
}

/** What is on the ports for health checks and others without a socket. */
function httpServer(): Server {
  const { httpRequestTimeoutMs, httpCheckIntervalMs } = trackerLimits;
  const http = createServer({ connectionsCheckingInterval: httpCheckIntervalMs });
  http.requestTimeout = httpRequestTimeoutMs;
  http.headersTimeout = httpRequestTimeoutMs;
  return http;
}

function pauseOf(sockets: OpenSockets): TurnPause {
  const { crowdMin, turnPauseMs: pauseMs } = trackerLimits;
  return new TurnPause({ isCrowded: () => sockets.count >= crowdMin, pauseMs });
}

function guardOf(http: Server, hints: ProxyHints, options: TrackerServerOptions): ConnectionGuard {
  const { socketsMax, socketsPerAddressMax, trustedProxies, usesProxyProtocol, metrics } = options;
  return new ConnectionGuard(http, {
    trustedProxies,
    usesProxyProtocol,
    metrics,
    hints,
    connectionsMax: socketsMax + trackerLimits.httpConnectionsMax,
    connectionsPerAddressMax: socketsPerAddressMax + trackerLimits.httpConnectionsPerAddressMax,
    headerDeadlineMs: trackerLimits.httpRequestTimeoutMs,
  });
}

async function openTlsPort(
  guard: ConnectionGuard,
  { host, tls, metrics }: TrackerServerOptions,
): Promise<Port | undefined> {
  if (tls === undefined) return undefined;
  const port = createPort();
  guard.standBefore(port, (connection) =>
    secureConnection(connection, tls.certificate(), () => metrics.socketRefused('tls')),
  );
  await listen(port, host, tls.port);
  return port;
}

function closed(port: Port): Promise<void> {
  return new Promise((resolve) => port.close(() => resolve()));
}

/** What the types of ws don't know yet. */
interface UntypedOptions {
  readonly maxFragments: number;
  readonly maxBufferedChunks: number;
  readonly closeTimeout: number;
}

function webSocketServer(dialects: readonly Dialect[]): WebSocketServer {
  const { payloadBytesMax, fragmentsMax, readsPerFrameMax, closeDeadlineMs } = trackerLimits;
  const options: ServerOptions & UntypedOptions = {
    noServer: true,
    maxPayload: payloadBytesMax,
    maxFragments: fragmentsMax,
    maxBufferedChunks: readsPerFrameMax,
    closeTimeout: closeDeadlineMs,
    perMessageDeflate: false,
    handleProtocols: (offered) =>
      dialects.find(({ subprotocol }) => offered.has(subprotocol))?.subprotocol ?? false,
  };
  return new WebSocketServer(options);
}

/** Undefined, and the socket closed, where it asked for no dialect of ours. */
function beginConversation(
  connection: FramedConnection,
  request: IncomingMessage,
  { address }: Arrival,
  options: TrackerServerOptions,
): ViewerSocket | undefined {
  const { dialects } = options;
  const { socket } = connection;
  // Without a word, the socket has the dialect of those that asked for none.
  const isAnswered = socket.protocol !== '' || !asksForSubprotocol(request);
  const dialect = dialects.find(({ subprotocol }) => isAnswered && subprotocol === socket.protocol);
  if (dialect === undefined) {
    const known = dialects.flatMap(({ subprotocol }) => subprotocol || []).join(' or ');
    options.metrics.socketRefused('subprotocol');
    socket.on('error', () => undefined);
    socket.close(closeCodes.unsupportedSubprotocol, `unsupported: use subprotocol ${known}`);
    return undefined;
  }
  return new ViewerSocket(connection, options, dialect, viewerRequestOf(request, address));
}

function viewerRequestOf({ headers, url }: IncomingMessage, address: string): ViewerRequest {
  return {
    target: url ?? '/',
    origin: headers.origin,
    browser: requestedFamily(headers),
    userAgent: headers['user-agent'],
    address,
  };
}

interface RequestParts {
  readonly guard: ConnectionGuard;
  readonly workers: ProxyWorkers;
  readonly habits: HeaderHabits;
}

function answerRequests(
  { guard, workers, habits }: RequestParts,
  options: TrackerServerOptions,
): RequestListener {
  const beacons = beaconsOf(options);
  return (request, response) => {
    const isReady = (): boolean => {
      const worker = workerOf(request, guard, options);
      if (worker !== undefined) workers.asked(worker, options.now());
      return options.isReady(guard.addressOf(request.socket));
    };
    const takeBeacon =
      beacons &&
      ((): void => {
        const { address } = arrivalOf(request, guard, habits, options);
        void beacons.take(request, response, viewerRequestOf(request, address));
      });
    answerHttp(request, response, isReady, takeBeacon);
  };
}

function beaconsOf({ dialects, ...options }: TrackerServerOptions): Beacons | undefined {
  for (const dialect of dialects) {
    const { leaveText } = dialect;
    if (leaveText !== undefined) return new Beacons({ ...options, dialect, leaveText });
  }
  return undefined;
}

function asksForSubprotocol({ headers }: IncomingMessage): boolean {
  return headers['sec-websocket-protocol'] !== undefined;
}

/** Where the viewer connects from, as far as the proxies on the way are to be believed. */
function arrivalOf(
  { socket, headers }: IncomingMessage,
  guard: ConnectionGuard,
  habits: HeaderHabits,
  { trustedProxies, proxyHeader }: TrackerServerOptions,
): Arrival {
  const socketAddress = guard.addressOf(socket);
  const isLearned = proxyHeader === 'either' && isTrusted(socketAddress, trustedProxies);
  const header = isLearned ? habits.headerOf(socketAddress, headers) : proxyHeader;
  const hops = forwardedHops(headers, header);
  return {
    socketAddress,
    address: clientAddress(socketAddress, hops, trustedProxies),
    forwarded: proxyHeader === 'none' ? undefined : tellsOfProxy(headers),
  };
}
