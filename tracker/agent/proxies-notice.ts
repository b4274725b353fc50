import { noticeMsMax, settlingMs } from '../drain/drain-times.js';

/** Somebody who asked at most so long ago will ask again. */
const askedLatelyMs = 10_000;

/** Knows when proxies, who ask again and again, can have learned what has just changed. */
export class ProxiesNotice {
  #askedAtMs = Number.NEGATIVE_INFINITY;
  #onAsked: (() => void) | undefined;

  constructor(private readonly now: () => number) {}

  /** A health or agent check is being answered. */
  asked(): void {
    this.#askedAtMs = this.now();
    this.#onAsked?.();
  }

  /** The same question, of which it takes notice. */
  askedWhether(isSo: () => boolean): () => boolean {
    return () => {
      this.asked();
      return isSo();
    };
  }

  /**
   * Resolves when they can have learned what is so from now on: a while after the next question,
   * at once where nobody asks, and after `noticeMsMax` and that while in any case.
   */
  readonly noticed = async (stopped: AbortSignal): Promise<void> => {
    if (this.now() - this.#askedAtMs > askedLatelyMs) return;
    const asked = new AbortController();
    this.#onAsked = () => asked.abort();
    await unlessStopped(noticeMsMax, AbortSignal.any([stopped, asked.signal]));
    this.#onAsked = undefined;
    await unlessStopped(settlingMs, stopped);
  };
}

/** Resolves after this time, or when the signal says so. */
function unlessStopped(durationMs: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, durationMs);
    const stop = (): void => {
      clearTimeout(timer);
      resolve();
    };
    signal.addEventListener('abort', stop, { once: true });
  });
}
