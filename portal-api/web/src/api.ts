import type { MetricsAnswer, NowAnswer } from '../../routes/metric-shapes.js';

export type { MetricsAnswer, NowAnswer };

/**
 * What came of a call. `signed_out`: a session is needed; `unreachable`: the portal itself didn't
 * answer.
 */
export type Answer<Value> =
  | { readonly kind: 'ok'; readonly value: Value }
  | { readonly kind: 'signed_out' }
  | { readonly kind: 'unreachable' }
  | { readonly kind: 'problem'; readonly code: string; readonly message: string };

const timeoutMs = 25_000;

async function call<Value>(
  path: string,
  init: RequestInit,
  signal?: AbortSignal,
): Promise<Answer<Value>> {
  const signals = [AbortSignal.timeout(timeoutMs)];
  if (signal !== undefined) signals.push(signal);
  try {
    const response = await fetch(`/api/v1${path}`, { ...init, signal: AbortSignal.any(signals) });
    // The server holds its answers to the schemas that these types come from.
    if (response.ok) {
      const value: unknown = response.status === 204 ? null : await response.json();
      return { kind: 'ok', value: value as Value };
    }
    const problem = (await response.json()) as { code: string; message: string };
    if (response.status === 401 && problem.code === 'unauthenticated')
      return { kind: 'signed_out' };
    return { kind: 'problem', ...problem };
  } catch {
    return { kind: 'unreachable' };
  }
}

/** What the page tells of how the cluster is. */
export interface HealthAnswer {
  /** Nodes with partitions that make no progress, and which. */
  readonly troubled: readonly string[];
}

export function fetchHealth(signal: AbortSignal): Promise<Answer<HealthAnswer>> {
  return call('/health', {}, signal);
}

export function fetchNow(signal: AbortSignal): Promise<Answer<NowAnswer>> {
  return call('/now', {}, signal);
}

/** `stream` undefined: over all streams. */
export function fetchMetrics(
  stream: string | undefined,
  range: { readonly fromMs: number; readonly untilMs: number },
  signal: AbortSignal,
): Promise<Answer<MetricsAnswer>> {
  return call(metricsPath(stream, range), {}, signal);
}

function metricsPath(
  stream: string | undefined,
  { fromMs, untilMs }: { readonly fromMs: number; readonly untilMs: number },
): string {
  const subject = stream === undefined ? '/total' : `/streams/${encodeURIComponent(stream)}`;
  return `${subject}/metrics?from=${fromMs}&until=${untilMs}`;
}

/** Where the same figures are as CSV. */
export function csvAddress(
  stream: string | undefined,
  range: { readonly fromMs: number; readonly untilMs: number },
): string {
  return `/api/v1${metricsPath(stream, range)}&format=csv`;
}

export function signIn(token: string): Promise<Answer<{ untilMs: number }>> {
  const headers = { 'content-type': 'application/json' };
  return call('/session', { method: 'POST', headers, body: JSON.stringify({ token }) });
}

export function signOut(): Promise<Answer<null>> {
  return call('/session', { method: 'DELETE' });
}
