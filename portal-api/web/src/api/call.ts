import { portalClock } from '../time/portal-clock.js';

/** A refusal that the API explains: `code` is stable, `field` names what was wrong. */
export interface Problem {
  readonly kind: 'problem';
  readonly status: number;
  readonly code: string;
  readonly message: string;
  readonly field: string | undefined;
}

/**
 * What came of a call. `signed_out`: a session is needed; `unreachable`: the portal itself didn't
 * answer.
 */
export type Answer<Value> =
  | { readonly kind: 'ok'; readonly value: Value; readonly entityTag: string }
  | { readonly kind: 'signed_out' }
  | { readonly kind: 'unreachable' }
  | Problem;

export type Failure = Exclude<Answer<unknown>, { kind: 'ok' }>;

/** Hears of `ended` when an answer says that there is no session any more. */
export const sessionEvents = new EventTarget();

const timeoutMs = 25_000;
const root = '/api/v1';

/** Asks the API. Never rejects; a call that was ended by `signal` is `unreachable`. */
export async function call<Value>(
  path: string,
  init: RequestInit = {},
  signal?: AbortSignal,
): Promise<Answer<Value>> {
  const signals = [AbortSignal.timeout(timeoutMs)];
  if (signal !== undefined) signals.push(signal);
  const askedAtMs = Date.now();
  try {
    const response = await fetch(root + path, { ...init, signal: AbortSignal.any(signals) });
    portalClock.heard(response.headers.get('date'), askedAtMs);
    if (!response.ok) return await refusal(response);
    // The server holds its answers to the schemas that these types come from.
    const value: unknown = response.status === 204 ? null : await response.json();
    // A proxy that compresses makes it a weak one, with which nothing can be changed.
    const entityTag = (response.headers.get('etag') ?? '').replace(/^W\//, '');
    return { kind: 'ok', value: value as Value, entityTag };
  } catch {
    return { kind: 'unreachable' };
  }
}

/** The request of a change: JSON, and the ETag that was seen where one is needed. */
export function sending(
  method: 'POST' | 'PATCH' | 'DELETE',
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): RequestInit {
  if (body === undefined) return { method, headers };
  return {
    method,
    headers: { ...headers, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  };
}

/** Where the browser itself is to go for an answer of the API. */
export function addressInApi(path: string): string {
  return root + path;
}

/** The part of a path that names a stream or group. */
export function named(name: string): string {
  return encodeURIComponent(name);
}

/** A query of what is given; empty text and `undefined` are left out. */
export function queryOf(
  fields: Readonly<Record<string, string | number | boolean | undefined>>,
): string {
  const given = Object.entries(fields).filter(([, value]) => value !== undefined && value !== '');
  const query = new URLSearchParams(
    given.map(([name, value]): [string, string] => [name, String(value)]),
  );
  return given.length === 0 ? '' : `?${query.toString()}`;
}

async function refusal(response: Response): Promise<Failure> {
  const body = (await response.json()) as Partial<Problem>;
  const { code = 'unknown', message = `HTTP ${response.status}`, field } = body;
  if (code === 'unauthenticated') {
    sessionEvents.dispatchEvent(new Event('ended'));
    return { kind: 'signed_out' };
  }
  return { kind: 'problem', status: response.status, code, message, field };
}
