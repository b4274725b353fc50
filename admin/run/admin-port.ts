import { bearer } from '../../service/bearer.js';
import { messageOf } from '../../service/errors.js';

const answerWithinMs = 2_000;

export type Health =
  | { readonly kind: 'ready' }
  /** It answers, and says what it lacks. */
  | { readonly kind: 'not-ready'; readonly reasons: string }
  | { readonly kind: 'silent'; readonly reason: string };

/** Where a port that is bound to all addresses is reached on this host. */
export function reachable(address: string): string {
  return address.replace(/^0\.0\.0\.0:/, '127.0.0.1:').replace(/^\[::\]:/, '[::1]:');
}

/**
 * Asks a service's admin port, `host:port` as bound, whether it can do its job. Why not is told to
 * the `token` alone where the port is not the loopback's.
 */
export async function askHealth(address: string, token: string): Promise<Health> {
  try {
    const response = await fetch(`http://${reachable(address)}/readyz`, {
      headers: bearer(token),
      signal: AbortSignal.timeout(answerWithinMs),
    });
    const text = await response.text();
    if (response.status === 200) return { kind: 'ready' };
    if (response.status === 503) return { kind: 'not-ready', reasons: reasonsOf(text) };
    return { kind: 'silent', reason: `${address} answers with ${response.status}` };
  } catch (error) {
    const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
    return { kind: 'silent', reason: `${address}: ${messageOf(cause)}` };
  }
}

interface Told {
  readonly reasons?: Readonly<Record<string, string>>;
}

/** `{"ready": false, "reasons": {"clock": "…"}}` as one line. */
function reasonsOf(text: string): string {
  try {
    const { reasons } = JSON.parse(text) as Told;
    if (reasons === undefined) return 'it says why to admin_token alone';
    return Object.entries(reasons)
      .map(([part, reason]) => (part === 'start' ? reason : `${part}: ${reason}`))
      .join(', ');
  } catch {
    return text.trim();
  }
}
