import { createServer, type IncomingMessage } from 'node:http';
import type { BlockList } from 'node:net';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type WebSocket } from 'ws';
import { closeCodes } from '../../protocol/index.js';
import { boundAddress, listen } from '../../service/admin-server.js';
import type { Random } from '../../service/random.js';
import { trackerLimits } from '../limits.js';
import { browserFamily } from './browser-family.js';
import { clientAddress } from './client-address.js';
import type { Dialect } from './conversation.js';
import { answerHttp, refuseUpgrade } from './http-answers.js';
import { OpenSockets, type OpenSocketsOptions, type SocketRefusal } from './open-sockets.js';
import { ViewerSocket, type ViewerSocketOptions } from './viewer-socket.js';

export interface TrackerServerOptions extends ViewerSocketOptions, OpenSocketsOptions {
  readonly host: string;
  readonly port: number;
  readonly trustedProxies: BlockList;
  /** What viewers may speak. Where a socket asks for several, the first one here is taken. */
  readonly dialects: readonly Dialect[];
  /** True: viewers may be sent here (`GET /health`). */
  readonly isReady: () => boolean;
  readonly metrics: { socketRefused(reason: SocketRefusal): void };
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
  let isAccepting = true;

  const http = createServer((request, response) =>
    answerHttp(request, response, isAccepting && options.isReady()),
  );
  http.requestTimeout = trackerLimits.httpRequestTimeoutMs;
  http.headersTimeout = trackerLimits.httpRequestTimeoutMs;
  http.maxConnections = options.socketsMax + trackerLimits.httpConnectionsMax;
  http.on('upgrade', (request: IncomingMessage, stream: Duplex, head: Buffer) => {
    stream.on('error', () => stream.destroy());
    const address = addressOf(request, options.trustedProxies);
    const refusal = isAccepting ? sockets.refusal(address) : 'stopping';
    if (refusal !== undefined) {
      options.metrics.socketRefused(refusal);
      refuseUpgrade(stream, refusal);
      return;
    }
    webSockets.handleUpgrade(request, stream, head, (socket) => {
      sockets.add(socket, address, beginConversation(socket, request, address, options));
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

function webSocketServer(dialects: readonly Dialect[]): WebSocketServer {
  return new WebSocketServer({
    noServer: true,
    maxPayload: trackerLimits.payloadBytesMax,
    perMessageDeflate: false,
    handleProtocols: (offered) =>
      dialects.find(({ subprotocol }) => offered.has(subprotocol))?.subprotocol ?? false,
  });
}

/** Undefined, and the socket closed, where it asked for no dialect of ours. */
function beginConversation(
  socket: WebSocket,
  request: IncomingMessage,
  address: string,
  options: TrackerServerOptions,
): ViewerSocket | undefined {
  const { dialects } = options;
  const dialect = dialects.find(({ subprotocol }) => subprotocol === socket.protocol);
  if (dialect === undefined) {
    const known = dialects.map(({ subprotocol }) => subprotocol).join(' or ');
    socket.on('error', () => undefined);
    socket.close(closeCodes.unsupportedSubprotocol, `unsupported: use subprotocol ${known}`);
    return undefined;
  }
  const { origin, 'user-agent': userAgent } = request.headers;
  const browser = browserFamily(userAgent);
  return new ViewerSocket(socket, options, dialect, { origin, browser, address });
}

/** Where the viewer connects from, as far as the proxies on the way are to be believed. */
function addressOf(request: IncomingMessage, proxies: BlockList): string {
  const forwardedFor = request.headers['x-forwarded-for'];
  return clientAddress(
    request.socket.remoteAddress,
    Array.isArray(forwardedFor) ? forwardedFor.join(',') : forwardedFor,
    proxies,
  );
}
