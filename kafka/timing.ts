import { setTimeout as delay } from 'node:timers/promises';

/**
 * Settles as `work` does, or rejects with `onDeadline()`. A later rejection of `work` is swallowed.
 */
export async function withDeadline<T>(
  work: Promise<T>,
  deadlineMs: number,
  onDeadline: () => Error,
): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(onDeadline()), deadlineMs);
  });
  try {
    return await Promise.race([work, deadline]);
  } finally {
    clearTimeout(timer);
  }
}

/** Waits, or returns early when `signal` aborts. */
export async function pause(durationMs: number, signal?: AbortSignal): Promise<void> {
  if (durationMs <= 0 || signal?.aborted === true) return;
  await delay(durationMs, undefined, signal === undefined ? {} : { signal }).catch(() => undefined);
}

/** Doubles from `firstMs` with each attempt (the first is 0), up to `delayMsMax`. */
export function backoffMs(attempt: number, firstMs: number, delayMsMax: number): number {
  return Math.min(firstMs * 2 ** Math.min(attempt, 20), delayMsMax);
}
