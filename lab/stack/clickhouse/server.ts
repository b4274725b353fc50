import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { promisify } from 'node:util';
import { deflate, gzip } from 'node:zlib';
import type { ClickHouseEngine, StatementResult } from './engine.js';
import { httpFailure } from './front-error.js';
import { readRequest } from './request.js';

/** The part of ClickHouse's HTTP interface that `@clickhouse/client` uses, over an engine. */
export function createFront(engine: ClickHouseEngine): Server {
  const server = createServer((request, response) => {
    answer(engine, request, response).catch((error: unknown) => {
      console.error(error);
      response.destroy();
    });
  });
  // A statement may take as long as it takes; a client that has gone is noticed by its socket.
  server.requestTimeout = 0;
  server.keepAliveTimeout = 30_000;
  return server;
}

async function answer(
  engine: ClickHouseEngine,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://localhost');
  if (url.pathname === '/ping' || (request.method === 'GET' && url.search === '')) {
    response.end('Ok.\n');
    return;
  }
  response.setHeader('X-ClickHouse-Query-Id', url.searchParams.get('query_id') ?? randomUUID());
  response.setHeader('X-ClickHouse-Server-Display-Name', 'local');
  try {
    const { statement, context, mayCompress } = await readRequest(request, url);
    const result = await engine.run(statement, context);
    const encoding = mayCompress ? acceptedEncoding(request) : undefined;
    response.setHeader('X-ClickHouse-Summary', JSON.stringify(summary(result)));
    response.setHeader('X-ClickHouse-Format', context.format);
    response.setHeader('Content-Type', contentType(context.format));
    if (encoding !== undefined) response.setHeader('Content-Encoding', encoding);
    response.end(await encode(result.bytes, encoding));
  } catch (error) {
    const failure = httpFailure(error);
    console.error(failure.message.trimEnd());
    response.statusCode = failure.status;
    response.setHeader('X-ClickHouse-Exception-Code', failure.code);
    response.setHeader('Content-Type', 'text/plain; charset=UTF-8');
    // What was not read of a body that is too large can't be told from a next request.
    if (!request.complete) response.setHeader('Connection', 'close');
    response.end(failure.message);
  }
}

type Encoding = 'gzip' | 'deflate';

function acceptedEncoding(request: IncomingMessage): Encoding | undefined {
  const accepted = request.headers['accept-encoding'] ?? '';
  if (/\bgzip\b/.test(accepted)) return 'gzip';
  return /\bdeflate\b/.test(accepted) ? 'deflate' : undefined;
}

async function encode(bytes: Uint8Array, encoding: Encoding | undefined): Promise<Uint8Array> {
  if (encoding === undefined) return bytes;
  return encoding === 'gzip' ? promisify(gzip)(bytes) : promisify(deflate)(bytes);
}

function contentType(format: string): string {
  if (format.startsWith('JSON')) return 'application/json; charset=UTF-8';
  return format.startsWith('TabSeparated')
    ? 'text/tab-separated-values; charset=UTF-8'
    : 'application/octet-stream';
}

function summary(result: StatementResult): Record<string, string> {
  return {
    read_rows: String(result.readRows),
    read_bytes: String(result.readBytes),
    written_rows: String(result.writtenRows),
    written_bytes: String(result.writtenRows === 0 ? 0 : result.readBytes),
    total_rows_to_read: '0',
    result_rows: String(result.writtenRows),
    result_bytes: String(result.bytes.length),
    elapsed_ns: String(Math.round(result.elapsedSeconds * 1e9)),
  };
}
