import type { FastifyDynamicSwaggerOptions } from '@fastify/swagger';
import { problemCodes } from './problem-codes.js';
import { Problem } from './problems.js';
import type { RouteTable } from './route-table.js';

type TransformObject = NonNullable<FastifyDynamicSwaggerOptions['transformObject']>;
type Document = Extract<
  Parameters<TransformObject>[0],
  { openapiObject: unknown }
>['openapiObject'];
type Operation = NonNullable<NonNullable<NonNullable<Document['paths']>[string]>['get']>;

const operationNames = ['get', 'put', 'post', 'patch', 'delete'] as const;
/** As the document's types take it: they know less of JSON Schema than TypeBox. */
const problemShape: object = Problem;
const problemSchema = { $ref: '#/components/schemas/Problem' };

const header = (description: string, type: 'string' | 'integer' = 'string') => ({
  description,
  required: true,
  schema: { type },
});

/** Headers that come with a problem of some status, always. */
const problemHeaders: Readonly<Record<string, object>> = {
  401: { 'WWW-Authenticate': header('how to come in (RFC 9110 §11.6.1)') },
  405: { Allow: header('the methods that the path has') },
  429: { 'Retry-After': header('for how many seconds to wait', 'integer') },
};

/**
 * How the API describes itself. What holds for many routes alike is derived of them here, so that
 * none of them can say something else than what is: who may call, and the problems.
 */
export function openApiOptions(
  version: string,
  cookieName: string,
  routes: RouteTable,
): FastifyDynamicSwaggerOptions {
  return {
    openapi: {
      openapi: '3.1.0',
      info: { title: 'Viblast portal', version },
      components: {
        schemas: { Problem: problemShape },
        responses: problemResponses(),
        securitySchemes: {
          token: { type: 'http', scheme: 'bearer' },
          session: { type: 'apiKey', in: 'cookie', name: cookieName },
        },
      },
      security: [{ token: [] }, { session: [] }],
    },
    transformObject: (described) => {
      if (!('openapiObject' in described)) return described.swaggerObject;
      const { openapiObject } = described;
      for (const [path, item] of Object.entries(openapiObject.paths ?? {})) {
        for (const name of operationNames) {
          const operation = item?.[name];
          if (operation === undefined) continue;
          complete(operation, routes.roleOf(name.toUpperCase(), path) === 'anybody');
        }
      }
      return openapiObject;
    },
  };
}

/** One for each status, which says what codes come with it, and one for any. */
function problemResponses() {
  const content = { 'application/problem+json': { schema: problemSchema } };
  const meanings = new Map<number, string[]>();
  for (const [code, { status, meaning }] of Object.entries(problemCodes)) {
    meanings.set(status, [...(meanings.get(status) ?? []), `\`${code}\`: ${meaning}`]);
  }
  const byStatus = [...meanings].map(([status, lines]) => {
    const headers = problemHeaders[status] ?? {};
    return [`Problem${status}`, { description: lines.join('; '), headers, content }] as const;
  });
  const any = { description: 'any other answer that is no success', content };
  return { ...Object.fromEntries(byStatus), Problem: any };
}

function complete(operation: Operation, isForAnybody: boolean): void {
  if (isForAnybody) operation.security = [];
  const parameters = (operation.parameters ?? []).flatMap((one) => ('in' in one ? [one] : []));
  const ifMatch = parameters.find(({ name }) => name === 'if-match');
  // The route takes it for missing by itself, so that the answer is 428.
  if (ifMatch !== undefined) ifMatch.required = true;
  const hasBody = operation.requestBody !== undefined;
  const told = Object.keys(operation.responses).map(Number);
  const statuses = [
    ...told.filter((status) => status >= 400),
    400,
    ...(isForAnybody && !hasBody ? [] : [401]),
    403,
    ...(parameters.some((one) => one.in === 'path') ? [404] : []),
    ...(ifMatch === undefined ? [] : [412, 428]),
    ...(hasBody ? [413, 415] : []),
    429,
    500,
  ];
  const successes = Object.entries(operation.responses).filter(([key]) => Number(key) < 400);
  if (parameters.some(({ name }) => name === 'format'))
    for (const [, one] of successes) addCsv(one);
  for (const [status, one] of successes) addStreamHeaders(one, status);
  const problems = [...new Set(statuses)].sort((one, other) => one - other);
  operation.responses = Object.fromEntries([
    ...successes,
    ...problems.map((status) => [String(status), reference(`Problem${status}`)] as const),
    ['default', reference('Problem')] as const,
  ]);
}

/** What `format=csv` asks for. */
function addCsv(response: object): void {
  if (!('content' in response)) return;
  Object.assign(Object(response.content), { 'text/csv': { schema: { type: 'string' } } });
}

/** A stream comes with its revision, a new one with its place. */
function addStreamHeaders(response: Operation['responses'][string], status: string): void {
  const schema = 'content' in response ? response.content['application/json']?.schema : undefined;
  if (schema === undefined || !('title' in schema) || schema.title !== 'Stream') return;
  const location = status === '201' ? { Location: header('the path of the stream') } : {};
  Object.assign(response, { headers: { ETag: header('its revision'), ...location } });
}

const reference = (name: string) => ({ $ref: `#/components/responses/${name}` });
