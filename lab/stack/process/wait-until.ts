import { setTimeout as delay } from 'node:timers/promises';

/** What a probe found: `true`, or why not yet. */
export type ProbeResult = true | string;

export type WaitOutcome =
  { readonly kind: 'ready' } | { readonly kind: 'timed-out'; readonly reason: string };

/**
 * Calls `probe` until it answers `true`, at most for `withinMs`. A probe that throws counts as not
 * yet, with the error's message as its reason.
 */
export async function waitUntil(
  probe: () => Promise<ProbeResult>,
  withinMs: number,
  everyMs = 50,
): Promise<WaitOutcome> {
  const deadline = Date.now() + withinMs;
  let reason = 'not asked yet';
  while (Date.now() < deadline) {
    try {
      const result = await probe();
      if (result === true) return { kind: 'ready' };
      reason = result;
    } catch (error) {
      reason = error instanceof Error ? describe(error) : String(error);
    }
    await delay(everyMs);
  }
  return { kind: 'timed-out', reason };
}

function describe(error: Error): string {
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message;
}
