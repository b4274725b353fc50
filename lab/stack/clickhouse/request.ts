import type { IncomingMessage } from 'node:http';
import { promisify } from 'node:util';
import { brotliDecompress, gunzip, inflate } from 'node:zlib';
import type { StatementContext } from './engine.js';
import { FrontError } from './front-error.js';
import {
  readStatement,
  stringLiteral,
  type InsertStatement,
  type PlainStatement,
} from './statement.js';

const bodyBytesMax = 512 * 1_024 ** 2;

/** Parameters of the HTTP interface itself: whatever else stands in the URL is a setting. */
const interfaceParameters = new Set([
  'query',
  'database',
  'default_format',
  'query_id',
  'user',
  'password',
  'quota_key',
  'role',
  'stacktrace',
  'compress',
  'decompress',
  'enable_http_compression',
  'wait_end_of_query',
  'buffer_size',
  'session_timeout',
  'session_check',
]);
const namePattern = /^[A-Za-z_]\w*$/;

export interface FrontRequest {
  readonly statement: PlainStatement | InsertStatement;
  readonly context: StatementContext;
  readonly mayCompress: boolean;
}

/** Reads a whole request: statement, data, database, settings, parameters. */
export async function readRequest(request: IncomingMessage, url: URL): Promise<FrontRequest> {
  const search = url.searchParams;
  if (search.has('session_id')) {
    throw new FrontError(48, 'NOT_IMPLEMENTED', 'Sessions are not part of this front');
  }
  if (request.headers['content-type']?.startsWith('multipart/') === true) {
    throw new FrontError(48, 'NOT_IMPLEMENTED', 'Multipart bodies are not part of this front');
  }
  const body = await readBody(request);
  const query = search.get('query') ?? undefined;
  const settings: Record<string, string> = {};
  const parameters: Record<string, string> = {};
  for (const [key, value] of search) {
    if (interfaceParameters.has(key)) continue;
    const isParameter = key.startsWith('param_');
    const name = settingName(isParameter ? key.slice('param_'.length) : key);
    (isParameter ? parameters : settings)[name] = stringLiteral(value);
  }
  return {
    statement: readStatement(query, body),
    context: {
      database: search.get('database') ?? header(request, 'x-clickhouse-database') ?? 'default',
      format:
        search.get('default_format') ?? header(request, 'x-clickhouse-format') ?? 'TabSeparated',
      settings,
      parameters,
    },
    mayCompress: search.get('enable_http_compression') === '1',
  };
}

function settingName(key: string): string {
  if (namePattern.test(key)) return key;
  throw new FrontError(115, 'UNKNOWN_SETTING', `Unknown setting '${key}'`);
}

function header(request: IncomingMessage, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value[0] : value;
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > bodyBytesMax) {
      throw new FrontError(307, 'TOO_MANY_BYTES', `The body is larger than ${bodyBytesMax} bytes`);
    }
    chunks.push(chunk);
  }
  return decode(Buffer.concat(chunks), header(request, 'content-encoding') ?? 'identity');
}

async function decode(body: Buffer, encoding: string): Promise<Buffer> {
  const limit = { maxOutputLength: bodyBytesMax };
  try {
    switch (encoding) {
      case 'identity':
        return body;
      case 'gzip':
        return await promisify<Buffer, typeof limit, Buffer>(gunzip)(body, limit);
      case 'deflate':
        return await promisify<Buffer, typeof limit, Buffer>(inflate)(body, limit);
      case 'br':
        return await promisify<Buffer, typeof limit, Buffer>(brotliDecompress)(body, limit);
      default:
        break;
    }
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new FrontError(354, 'ZLIB_INFLATE_FAILED', `The body is not ${encoding}: ${reason}`);
  }
  throw new FrontError(89, 'UNKNOWN_COMPRESSION_METHOD', `Unknown encoding ${encoding}`);
}
