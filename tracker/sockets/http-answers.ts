import { ServerResponse, type IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';

/** What HAProxy asks, `GET /health`, and what somebody gets who came without a WebSocket. */
export function answerHttp(
  request: IncomingMessage,
  response: ServerResponse,
  isReady: () => boolean,
  takeBeacon: (() => void) | undefined,
): void {
  const path = (request.url ?? '').split('?')[0];
  const answer = (status: number, text: string, headers: Record<string, string> = {}): void => {
    // Who reads no answer, or sends one request after the other, would keep the connection.
    response.writeHead(status, {
      'content-type': 'application/json',
      connection: 'close',
      ...headers,
    });
    response.end(`${JSON.stringify({ status: text })}\n`);
  };
  if (path === '/beacon' && request.method === 'POST' && takeBeacon !== undefined) {
    takeBeacon();
    return;
  }
  request.resume();
  if (path === '/health' && (request.method === 'GET' || request.method === 'HEAD')) {
    if (isReady()) answer(200, 'ready');
    else answer(503, 'not ready');
  } else if (path === '/' && (request.method === 'GET' || request.method === 'HEAD')) {
    answer(426, 'this is a WebSocket', { upgrade: 'websocket', connection: 'upgrade, close' });
  } else answer(404, 'not found');
}

/** True: it asks for another protocol than WebSocket, such as curl for h2c, and can do without. */
export function isPlainRequest({ method, headers }: IncomingMessage): boolean {
  const isBodiless = method === 'GET' || method === 'HEAD';
  return isBodiless && headers.upgrade?.toLowerCase() !== 'websocket';
}

/** The answer to a request that Node takes for an upgrade; with it its connection ends. */
export function answerTo(request: IncomingMessage, deadlineMs: number): ServerResponse {
  const { socket } = request;
  const response = new ServerResponse(request);
  response.assignSocket(socket);
  const timer = setTimeout(() => socket.destroy(), deadlineMs);
  socket.once('close', () => clearTimeout(timer));
  socket.resume();
  response.once('finish', () => socket.end());
  return response;
}

/** What Node tells of a request that it can't read. */
export interface UnreadableRequest extends NodeJS.ErrnoException {
  /** What came last. */
  readonly rawPacket?: Buffer;
}

const unreadableStatus: Readonly<Record<string, string>> = {
  HPE_HEADER_OVERFLOW: '431 Request Header Fields Too Large',
  ERR_HTTP_REQUEST_TIMEOUT: '408 Request Timeout',
};

/** As Node does by itself where nobody listens. */
export function refuseUnreadable({ code = '' }: UnreadableRequest, stream: Duplex): void {
  const status = unreadableStatus[code] ?? '400 Bad Request';
  if (stream.writable) stream.write(`HTTP/1.1 ${status}\r\nConnection: close\r\n\r\n`);
  stream.destroy();
}

/** The answer to an upgrade that isn't taken. Whatever the other side does, its connection ends. */
export function refuseUpgrade(stream: Duplex, status: string, deadlineMs: number): void {
  const timer = setTimeout(() => stream.destroy(), deadlineMs);
  stream.once('close', () => clearTimeout(timer));
  // The other side's end is seen only behind what it sent.
  stream.resume();
  const headers = 'Connection: close\r\nContent-Length: 0\r\nRetry-After: 5';
  stream.end(`HTTP/1.1 ${status}\r\n${headers}\r\n\r\n`);
}
