import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { problem } from './problems.js';

/** By what Node.js calls it. */
const known: Readonly<Record<string, readonly [status: number, message: string]>> = {
  HPE_HEADER_OVERFLOW: [431, 'the path with its query and the headers are above 16 KiB'],
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'the request did not come whole in time'],
};

/** Answers bytes that are no request, as all else is answered, and closes. */
export function answerClientError(error: Error & { readonly code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const [status, message] = known[error.code ?? ''] ?? [400, 'this is no HTTP request'];
  const body = JSON.stringify(problem(status, 'bad_request', message).problem);
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n` +
      'Content-Type: application/problem+json\r\n' +
      `Content-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
  );
}
