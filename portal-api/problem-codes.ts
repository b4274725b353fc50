import { portalLimits } from './limits.js';

/** Every `code` of a problem that the API answers; docs/errors.md shows them. */
export const problemCodes = {
  invalid: { status: 400, meaning: 'a part of the request is wrong; `field` names it' },
  bad_request: { status: 400, meaning: 'no request that HTTP knows, also with another 4xx status' },
  unauthenticated: { status: 401, meaning: 'a bearer token or a session is needed' },
  wrong_token: { status: 401, meaning: 'the token is wrong' },
  wrong_password: { status: 401, meaning: 'the user or the password is wrong' },
  wrong_origin: { status: 403, meaning: "a browser asks for a page that isn't the portal's own" },
  forbidden: { status: 403, meaning: 'the role or the groups of who asks allow it not' },
  not_found: { status: 404, meaning: 'there is no such stream, user, token or path' },
  method_not_allowed: { status: 405, meaning: 'the path has other methods; `Allow` lists them' },
  exists: { status: 409, meaning: 'a stream has this key already, or a user or token this name' },
  not_archived: { status: 409, meaning: 'only an archived stream can be deleted' },
  quota: {
    status: 409,
    meaning:
      'there would be more streams than the portal is set to have, or over 1 000 users or tokens',
  },
  own_account: {
    status: 409,
    meaning: 'nobody removes their own user, or takes the role away from it',
  },
  no_users_file: {
    status: 409,
    meaning: '`portal_users_file` is not set, so there is nowhere to keep users and tokens',
  },
  facet_not_asked: {
    status: 409,
    meaning: 'the stream does not list this facet in `options.graphiteFacets`',
  },
  group_too_large: {
    status: 409,
    meaning: `the group has more than ${portalLimits.groupStreamsMax} streams, too many to be added up`,
  },
  conflict: {
    status: 412,
    meaning: 'the stream was changed since its ETag was read: read it again',
  },
  body_too_large: {
    status: 413,
    meaning:
      `the body is above ${portalLimits.bodyBytesMax / 1_024} KiB, ` +
      `of an import above ${portalLimits.importBytesMax / 1_048_576} MiB`,
  },
  not_json: { status: 415, meaning: 'the body is not JSON' },
  idempotency_key_reused: {
    status: 422,
    meaning: 'the `Idempotency-Key` was used for another request',
  },
  if_match_needed: {
    status: 428,
    meaning: 'a change needs `If-Match` with the ETag of the stream',
  },
  too_many_requests: { status: 429, meaning: 'above `portal_requests_per_minute`' },
  too_many_attempts: {
    status: 429,
    meaning: 'an address or a user has failed too often to sign in or show a token: wait',
  },
  internal: { status: 500, meaning: 'a mistake of ours; the log has it' },
  graphite_unavailable: { status: 502, meaning: "Graphite doesn't answer; streams can be managed" },
  too_many_pages: {
    status: 503,
    meaning: `${portalLimits.liveClientsMax} pages are told of each minute already: poll`,
  },
  kafka_unavailable: { status: 503, meaning: "Kafka doesn't answer: try again" },
  sign_in_busy: {
    status: 503,
    meaning: 'too many passwords are looked at or set at once: try again',
  },
  users_file: {
    status: 503,
    meaning: "the users' file can't be read or written; the message says why",
  },
  registry_busy: { status: 503, meaning: 'too many changes are under way: try again' },
  registry_unavailable: {
    status: 503,
    meaning: 'no answer in time, the change may be made still: read the stream before trying again',
  },
} as const satisfies Readonly<
  Record<string, { readonly status: number; readonly meaning: string }>
>;

export type ProblemCode = keyof typeof problemCodes;

export function isProblemCode(code: string): code is ProblemCode {
  return Object.hasOwn(problemCodes, code);
}
