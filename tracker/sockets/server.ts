import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { BlockList } from 'node:net';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type WebSocket } from 'ws';
import { boundAddress, listen } from '../../service/admin-server.js';
import { browserFamily } from './browser-family.js';
import { clientAddress } from './client-address.js';
import { trackerLimits } from '../limits.js';
import { closeCodes } from '../../protocol/index.js';
import type { Random } from '../../service/random.js';
import { ViewerSocket, type ViewerSocketOptions } from './viewer-socket.js';

/** The subprotocol of our own dialect. */
const subprotocol = 'viblast.v1';

export interface TrackerServerOptions extends ViewerSocketOptions {
  readonly host: string;
  readonly port: number;
  readonly socketsMax: number;
  readonly socketsPerAddressMax: number;
  readonly trustedProxies: BlockList;
  /** Whether viewers may be sent here: `GET /health`. */
  readonly isReady: () => boolean;
}

export interface TrackerServer {
  /** `host:port` as bound. */
  readonly address: string;
  readonly socketCount: number;
  /** `/health` says no from here on, and no further socket is taken. */
  stopAccepting(): void;
  /** Asks every viewer to connect elsewhere, each at a random time within `spreadMs`; resolves when all went, or after it. */
  sendAway(spreadMs: number, random: Random): Promise<void>;
  /** Closes all sockets (1001) and the port. */
  close(): Promise<void>;
}

/** The tracker's port: WebSockets and their bounds, and what HAProxy asks. Rejects when it can't be bound. */
export async function startTrackerServer(options: TrackerServerOptions): Promise<TrackerServer> {
  const viewers = new Map<WebSocket, ViewerSocket | undefined>();
  const socketsByAddress = new Map<string, number>();
  const { metrics } = options.parts;
  let isAccepting = true;

  const http = createServer((request, response) =>
    answerHttp(request, response, isAccepting && options.isReady()),
  );
  http.requestTimeout = trackerLimits.httpRequestTimeoutMs;
  http.headersTimeout = trackerLimits.httpRequestTimeoutMs;
  http.maxConnections = options.socketsMax + trackerLimits.httpConnectionsMax;
  const webSockets = new WebSocketServer({
    noServer: true,
    maxPayload: trackerLimits.payloadBytesMax,
    perMessageDeflate: false,
    handleProtocols: (offered) => (offered.has(subprotocol) ? subprotocol : false),
  });

  function refusal(address: string): { reason: string; status: string } | undefined {
    if (!isAccepting) return { reason: 'stopping', status: '503 Service Unavailable' };
    if (viewers.size >= options.socketsMax) {
      return { reason: 'sockets_max', status: '503 Service Unavailable' };
    }
    if ((socketsByAddress.get(address) ?? 0) >= options.socketsPerAddressMax) {
      return { reason: 'sockets_per_address_max', status: '429 Too Many Requests' };
    }
    return undefined;
  }

  function take(socket: WebSocket, request: IncomingMessage, address: string): void {
    socketsByAddress.set(address, (socketsByAddress.get(address) ?? 0) + 1);
    viewers.set(socket, undefined);
    socket.once('close', () => {
      viewers.delete(socket);
      const left = (socketsByAddress.get(address) ?? 1) - 1;
      if (left > 0) socketsByAddress.set(address, left);
      else socketsByAddress.delete(address);
    });
    if (socket.protocol === subprotocol) {
      const { origin, 'user-agent': userAgent } = request.headers;
      const browser = browserFamily(userAgent);
      viewers.set(socket, new ViewerSocket(socket, options, { origin, browser }));
    } else refuseDialect(socket);
  }

  http.on('upgrade', (request: IncomingMessage, stream: Duplex, head: Buffer) => {
    stream.on('error', () => stream.destroy());
    const address = clientAddress(
      request.socket.remoteAddress,
      headerText(request.headers['x-forwarded-for']),
      options.trustedProxies,
    );
    const refused = refusal(address);
    if (refused !== undefined) {
      metrics.socketRefused(refused.reason);
      stream.end(
        `HTTP/1.1 ${refused.status}\r\nConnection: close\r\nContent-Length: 0\r\nRetry-After: 5\r\n\r\n`,
      );
      return;
    }
    webSockets.handleUpgrade(request, stream, head, (socket) => take(socket, request, address));
  });

  const pings = setInterval(() => {
    for (const [socket, viewer] of viewers) {
      if (viewer === undefined) socket.terminate();
      else viewer.checkAlive();
    }
  }, trackerLimits.pingIntervalMs);

  await listen(http, options.host, options.port);

  return {
    address: boundAddress(http),
    get socketCount() {
      return viewers.size;
    },
    stopAccepting() {
      isAccepting = false;
    },
    async sendAway(spreadMs, random) {
      for (const viewer of viewers.values()) viewer?.reconnect(Math.floor(random() * spreadMs));
      await allClosed(viewers, spreadMs);
    },
    async close() {
      isAccepting = false;
      clearInterval(pings);
      for (const socket of viewers.keys()) socket.close(closeCodes.stopping, 'the tracker stops');
      await allClosed(viewers, trackerLimits.closeDeadlineMs);
      for (const socket of viewers.keys()) socket.terminate();
      http.closeAllConnections();
      await new Promise<void>((resolve) => http.close(() => resolve()));
    },
  };
}

/** Sockets without our subprotocol would speak the WebTorrent dialect, which this tracker doesn't know yet. */
function refuseDialect(socket: WebSocket): void {
  socket.on('error', () => undefined);
  socket.close(closeCodes.unsupportedSubprotocol, `unsupported: use subprotocol ${subprotocol}`);
}

function headerText(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value.join(',') : value;
}

function answerHttp(request: IncomingMessage, response: ServerResponse, isReady: boolean): void {
  const path = (request.url ?? '').split('?')[0];
  const answer = (status: number, text: string, headers: Record<string, string> = {}): void => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(`${JSON.stringify({ status: text })}\n`);
  };
  request.resume();
  if (path === '/health' && (request.method === 'GET' || request.method === 'HEAD')) {
    answer(isReady ? 200 : 503, isReady ? 'ready' : 'not ready');
  } else if (path === '/' && request.method === 'GET') {
    answer(426, 'this is a WebSocket', { upgrade: 'websocket', connection: 'upgrade' });
  } else answer(404, 'not found');
}

/** Resolves when no socket is left, or after `deadlineMs`. */
async function allClosed(
  viewers: ReadonlyMap<WebSocket, unknown>,
  deadlineMs: number,
): Promise<void> {
  if (viewers.size === 0) return;
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, deadlineMs);
    for (const socket of viewers.keys()) {
      socket.once('close', () => {
        if (viewers.size > 0) return;
        clearTimeout(timer);
        resolve();
      });
    }
  });
}
