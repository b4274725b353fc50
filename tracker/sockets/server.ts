import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import type { BlockList } from 'node:net';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type ServerOptions } from 'ws';
import { closeCodes } from '../../protocol/index.js';
import { boundAddress, listen } from '../../service/admin-server.js';
import type { Logger } from '../../service/logs.js';
import type { Random } from '../../service/random.js';
import { trackerLimits } from '../limits.js';
import { requestedFamily } from './browser-family.js';
import { clientAddress } from './client-address.js';
import type { Dialect } from './conversation.js';
import { forwardedHops, tellsOfProxy, type ProxyHeader } from './forwarded-hops.js';
import {
  guardConnections,
  type AddressOf,
  type ConnectionRefusal,
  type GuardOptions,
} from './guard-connections.js';
import { answerHttp, refuseUpgrade } from './http-answers.js';
import { OpenSockets, type OpenSocketsOptions, type SocketRefusal } from './open-sockets.js';
import { ProxyHints, type Arrival } from './proxy-hints.js';
import { TurnWrites, type FramedConnection } from './turn-writes.js';
import { ViewerSocket, type SocketEnd, type ViewerSocketOptions } from './viewer-socket.js';

export interface TrackerServerOptions extends ViewerSocketOptions, OpenSocketsOptions {
  readonly host: string;
  readonly port: number;
  readonly trustedProxies: BlockList;
  readonly proxyHeader: ProxyHeader;
  /** True: every connection begins with a PROXY header. */
  readonly usesProxyProtocol: boolean;
  /** What viewers may speak. Where a socket asks for several, the first one here is taken. */
  readonly dialects: readonly Dialect[];
  /** True: viewers may be sent here (`GET /health`). */
  readonly isReady: () => boolean;
  readonly metrics: {
    socketRefused(reason: SocketRefusal | ConnectionRefusal | 'subprotocol'): void;
    socketEnded(reason: SocketEnd): void;
    untrustedForwarding(): void;
  };
  readonly logger: Logger;
}

export interface TrackerServer {
  /** `host:port` as bound. */
  readonly address: string;
  readonly socketCount: number;
  /** `/health` says no from here on, and no further socket is taken. */
  stopAccepting(): void;
  /**
   * Asks every viewer to connect elsewhere, each at a random time within `spreadMs`; resolves when
   * all went, or after it.
   */
  sendAway(spreadMs: number, random: Random): Promise<void>;
  /** Closes all sockets (1001) and the port. */
  close(): Promise<void>;
}

/** The tracker's port: WebSockets, bounds, HAProxy's check. Rejects when it can't be bound. */
export async function startTrackerServer(options: TrackerServerOptions): Promise<TrackerServer> {
  const sockets = new OpenSockets(options);
  const webSockets = webSocketServer(options.dialects);
  const turn = new TurnWrites();
  let isAccepting = true;

  const http = httpServer(options.socketsMax, (request, response) =>
    answerHttp(request, response, isAccepting && options.isReady()),
  );
  const addressOf = guardConnections(http, guardOptions(options));
  const hints = new ProxyHints(options);
  http.on('upgrade', (request: IncomingMessage, stream: Duplex, head: Buffer) => {
    stream.on('error', endStream);
    const arrival = arrivalOf(request, addressOf, options);
    hints.arrived(arrival);
    const refusal = isAccepting ? sockets.refusal(arrival.address) : 'stopping';
    if (refusal !== undefined) {
      options.metrics.socketRefused(refusal);
      if (refusal === 'sockets_per_address_max') hints.refused(arrival);
      refuseUpgrade(stream, refusal, trackerLimits.refusedDeadlineMs);
      return;
    }
    webSockets.handleUpgrade(request, stream, head, (socket) => {
      const connection = { socket, stream, turn };
      const conversation = beginConversation(connection, request, arrival.address, options);
      sockets.add(socket, arrival.address, conversation);
    });
  });
  const pings = setInterval(() => sockets.checkAlive(), trackerLimits.pingIntervalMs);
  await listen(http, options.host, options.port);

  return {
    address: boundAddress(http),
    get socketCount() {
      return sockets.count;
    },
    stopAccepting() {
      isAccepting = false;
    },
    async sendAway(spreadMs, random) {
      sockets.sendAway(() => Math.floor(random() * spreadMs));
      await sockets.allClosed(spreadMs);
    },
    async close() {
      isAccepting = false;
      clearInterval(pings);
      await sockets.close(closeCodes.stopping, 'the tracker stops', trackerLimits.closeDeadlineMs);
      http.closeAllConnections();
      await new Promise<void>((resolve) => http.close(() => resolve()));
    },
  };
}

/** A function of its own: a closure would keep the request for as long as its socket stands. */
function endStream(this: Duplex): void {
  this.destroy();
}

/** What is on the port for health checks and others without a socket, within its bounds. */
function httpServer(socketsMax: number, onRequest: RequestListener): Server {
  const { httpRequestTimeoutMs, httpCheckIntervalMs, httpConnectionsMax } = trackerLimits;
  const http = createServer({ connectionsCheckingInterval: httpCheckIntervalMs }, onRequest);
  http.requestTimeout = httpRequestTimeoutMs;
  http.headersTimeout = httpRequestTimeoutMs;
  http.maxConnections = socketsMax + httpConnectionsMax;
  return http;
}

function guardOptions(options: TrackerServerOptions): GuardOptions {
  const { socketsPerAddressMax, trustedProxies, usesProxyProtocol, metrics } = options;
  return {
    trustedProxies,
    usesProxyProtocol,
    metrics,
    connectionsPerAddressMax: socketsPerAddressMax + trackerLimits.httpConnectionsPerAddressMax,
    headerDeadlineMs: trackerLimits.httpRequestTimeoutMs,
  };
}

function webSocketServer(dialects: readonly Dialect[]): WebSocketServer {
  // The types of ws don't know closeTimeout yet.
  const options: ServerOptions & { readonly closeTimeout: number } = {
    noServer: true,
    maxPayload: trackerLimits.payloadBytesMax,
    closeTimeout: trackerLimits.closeDeadlineMs,
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
  address: string,
  options: TrackerServerOptions,
): ViewerSocket | undefined {
  const { dialects } = options;
  const { socket } = connection;
  const dialect = dialects.find(({ subprotocol }) => subprotocol === socket.protocol);
  if (dialect === undefined) {
    const known = dialects.map(({ subprotocol }) => subprotocol).join(' or ');
    options.metrics.socketRefused('subprotocol');
    socket.on('error', () => undefined);
    socket.close(closeCodes.unsupportedSubprotocol, `unsupported: use subprotocol ${known}`);
    return undefined;
  }
  const { origin } = request.headers;
  const browser = requestedFamily(request.headers);
  return new ViewerSocket(connection, options, dialect, { origin, browser, address });
}

/** Where the viewer connects from, as far as the proxies on the way are to be believed. */
function arrivalOf(
  { socket, headers }: IncomingMessage,
  addressOf: AddressOf,
  { trustedProxies, proxyHeader }: TrackerServerOptions,
): Arrival {
  const socketAddress = addressOf(socket);
  const hops = forwardedHops(headers, proxyHeader);
  return {
    socketAddress,
    address: clientAddress(socketAddress, hops, trustedProxies),
    forwarded: proxyHeader === 'none' ? undefined : tellsOfProxy(headers),
  };
}
