import { useEffect, useState } from 'preact/hooks';
import type { Answer } from './api.js';

/** The latest good answer, and what has gone wrong since, if anything has. */
export interface Polled<Value> {
  readonly value: Value | undefined;
  /** When the value came, Unix ms. */
  readonly valueAtMs: number;
  readonly failure: Exclude<Answer<Value>, { kind: 'ok' }> | undefined;
}

const nothing = { value: undefined, valueAtMs: 0, failure: undefined };

/**
 * Asks again and again, `everyMs` after each answer, while the page can be seen. Another `key`
 * begins afresh with nothing. `keepsValue` says whether an old value may stand till the first
 * answer.
 */
export function usePolled<Value>(
  key: string,
  ask: (signal: AbortSignal) => Promise<Answer<Value>>,
  everyMs: number,
): Polled<Value> {
  const [state, setState] = useState<Polled<Value> & { readonly key: string }>({ ...nothing, key });
  useEffect(() => {
    const stopping = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const round = async (): Promise<void> => {
      if (!document.hidden) {
        const answer = await ask(stopping.signal);
        if (stopping.signal.aborted) return;
        setState((before) => next(before, key, answer));
      }
      timer = setTimeout(() => void round(), everyMs);
    };
    const onVisible = (): void => {
      if (document.hidden) return;
      clearTimeout(timer);
      void round();
    };
    document.addEventListener('visibilitychange', onVisible);
    void round();
    return () => {
      stopping.abort();
      clearTimeout(timer);
      document.removeEventListener('visibilitychange', onVisible);
    };
  }, [key, everyMs]);
  return state.key === key ? state : nothing;
}

function next<Value>(
  before: Polled<Value> & { readonly key: string },
  key: string,
  answer: Answer<Value>,
): Polled<Value> & { readonly key: string } {
  if (answer.kind === 'ok') {
    return { key, value: answer.value, valueAtMs: Date.now(), failure: undefined };
  }
  return { ...(before.key === key ? before : nothing), key, failure: answer };
}
