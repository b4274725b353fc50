import type { FastifyError, FastifyReply } from 'fastify';
import { Type, type Static } from 'typebox';
import { AppError } from '../service/errors.js';
import type { Actor } from './actor.js';
import { isProblemCode, problemCodes, type ProblemCode } from './problem-codes.js';

/**
 * Every answer that isn't a success. `code` is stable; `field` names the part of the request that
 * is wrong.
 */
export const Problem = Type.Object(
  {
    code: Type.Unsafe<ProblemCode>({ type: 'string', enum: Object.keys(problemCodes) }),
    message: Type.String(),
    field: Type.Optional(Type.String()),
  },
  { title: 'Problem' },
);
export type Problem = Static<typeof Problem>;

/** Thrown by routes, answered by `answerProblem`; `headers` go with the answer. */
export class RequestProblem extends Error {
  constructor(
    readonly status: number,
    readonly problem: Problem,
    readonly headers: Readonly<Record<string, string>> = {},
  ) {
    super(problem.message);
  }
}

export function problem(
  status: number,
  code: ProblemCode,
  message: string,
  field?: string,
): RequestProblem {
  return new RequestProblem(
    status,
    field === undefined ? { code, message } : { code, message, field },
  );
}

/** Codes of errors that are no defects of ours, whether or not a retry may help. */
const alwaysTold: ReadonlySet<ProblemCode> = new Set(['graphite_unavailable', 'users_file']);

/**
 * What an API call answers to its caller for whatever was thrown; undefined for a defect of ours.
 * Why Graphite or Kafka failed names what is inside, and is for who sees all streams.
 */
export function problemOf(error: unknown, actor: Actor | undefined): RequestProblem | undefined {
  if (error instanceof RequestProblem) return error;
  if (error instanceof AppError) {
    const { code, retryable } = error;
    if (!isProblemCode(code) || !(retryable || alwaysTold.has(code))) return undefined;
    const { status, meaning } = problemCodes[code];
    return problem(status, code, actor?.groups === 'all' ? error.message : meaning);
  }
  if (!(error instanceof Error)) return undefined;
  const { statusCode, validation, validationContext, code }: Partial<FastifyError> = error;
  if (validation !== undefined) {
    const first = validation[0];
    const field = first === undefined ? '' : fieldOf(first);
    const where = validationContext === 'body' ? '' : `${validationContext ?? ''} `;
    const message = first?.message ?? 'is wrong';
    return field === ''
      ? problem(400, 'invalid', `the ${where || 'body '}${message}`)
      : problem(400, 'invalid', `${where}${field}: ${message}`, field);
  }
  if (statusCode === undefined || statusCode < 400 || statusCode >= 500) return undefined;
  return problem(statusCode, codeOfStatus(statusCode, code), error.message);
}

function codeOfStatus(status: number, code: string | undefined): ProblemCode {
  switch (status) {
    case 413:
      return 'body_too_large';
    case 415:
      return 'not_json';
    case 429:
      return 'too_many_requests';
    default:
      return code === 'FST_ERR_CTP_EMPTY_JSON_BODY' ? 'invalid' : 'bad_request';
  }
}

/** `/tokenKeys/0/kid` and what is missing or too much there, as `tokenKeys[0].kid`. */
function fieldOf(error: {
  readonly instancePath: string;
  readonly params: Record<string, unknown>;
}): string {
  const extra = error.params['missingProperty'] ?? error.params['additionalProperty'];
  const parts = error.instancePath.split('/').slice(1);
  if (typeof extra === 'string') parts.push(extra);
  return parts
    .map((part) => (/^\d+$/.test(part) ? `[${part}]` : `.${part}`))
    .join('')
    .replace(/^\./, '');
}

export function answerProblem(
  reply: FastifyReply,
  { status, problem: body, headers }: RequestProblem,
): FastifyReply {
  // RFC 9110 §11.6.1: a 401 says how to come in.
  if (status === 401) reply.header('www-authenticate', 'Bearer');
  return reply
    .code(status)
    .headers(headers)
    .header('cache-control', 'no-store')
    .type('application/problem+json')
    .send(JSON.stringify(body));
}
