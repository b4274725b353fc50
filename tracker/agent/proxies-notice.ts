import { noticeMsMax, settlingMs } from '../drain/drain-times.js';

/** Somebody who asked at most so long ago will ask again. */
const askedLatelyMs = 10_000;
/** Askers by agent checks that are remembered; proxies are few. */
const askersMax = 1_000;

/** Knows which proxies ask again and again, and when they can have learned what has changed. */
export class ProxiesNotice {
  #askedAtMs = Number.NEGATIVE_INFINITY;
  #onAsked: (() => void) | undefined;
  readonly #agentAskers = new Map<string, number>();

  constructor(private readonly now: () => number) {}

  /** A health or agent check is being answered. */
  asked(): void {
    this.#askedAtMs = this.now();
    this.#onAsked?.();
  }

  /** An agent check is being answered. */
  askedByAgent(asker: string): void {
    if (this.#agentAskers.size >= askersMax) this.#agentAskers.clear();
    this.#agentAskers.set(asker, this.now());
    this.asked();
  }

  /**
   * Whether a health check is passed. In a drain it is by who does agent checks too: these say
   * drain, and a proxy would take for dead what fails the other.
   */
  passes(asker: string, isDraining: boolean, isReady: () => boolean): boolean {
    this.asked();
    if (!isDraining) return isReady();
    const askedAtMs = this.#agentAskers.get(asker);
    return askedAtMs !== undefined && this.now() - askedAtMs <= askedLatelyMs;
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
