import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import type { Answer, Failure } from '../api/call.js';
import { portalClock } from '../time/portal-clock.js';
import { useAwakening } from './connection.js';

/** The latest good answer, and what has gone wrong since, if anything has. */
export interface Polled<Value> {
  readonly value: Value | undefined;
  /** When the value came, Unix ms. */
  readonly valueAtMs: number;
  readonly entityTag: string;
  readonly failure: Failure | undefined;
  /** Asks now. */
  readonly refresh: () => void;
}

type State<Value> = Omit<Polled<Value>, 'refresh'> & { readonly key: string | undefined };

const nothing = { value: undefined, valueAtMs: 0, entityTag: '', failure: undefined };
/** After a failure: soon again, then less and less often. */
const retryMs = { first: 2_000, most: 30_000 };

/**
 * Asks again and again, `everyMs` after each answer (undefined: once, unless that fails), while the
 * page can be seen. Another `key` begins afresh (undefined: there is nothing to ask); another
 * `news` asks at once.
 */
export function usePolled<Value>(
  key: string | undefined,
  ask: (signal: AbortSignal) => Promise<Answer<Value>>,
  everyMs: number | undefined,
  news = 0,
): Polled<Value> {
  const [state, setState] = useState<State<Value>>({ ...nothing, key });
  const [wishes, setWishes] = useState(0);
  const failures = useRef(0);
  const everyMsNow = useRef(everyMs);
  everyMsNow.current = everyMs;
  const askNow = useRef<() => void>(undefined);
  const refresh = useCallback(() => setWishes((before) => before + 1), []);
  useAwakening(refresh);
  useEffect(() => {
    if (key === undefined) return undefined;
    const stopping = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    let isAsking = false;
    let isWanted = false;
    const run = async (): Promise<void> => {
      if (document.hidden) return;
      isAsking = true;
      const answer = await ask(stopping.signal);
      isAsking = false;
      if (stopping.signal.aborted) return;
      failures.current = answer.kind === 'ok' ? 0 : failures.current + 1;
      setState((before) => next(before, key, answer));
      const waitMs = answer.kind === 'ok' ? everyMsNow.current : retryAfterMs(failures.current);
      if (isWanted) askAgain();
      else if (waitMs !== undefined) timer = setTimeout(() => void run(), waitMs);
    };
    const askAgain = (): void => {
      clearTimeout(timer);
      // What is under way comes first, however often there is news.
      isWanted = isAsking;
      if (!isAsking) void run();
    };
    askNow.current = askAgain;
    void run();
    return () => {
      stopping.abort();
      clearTimeout(timer);
      askNow.current = undefined;
    };
  }, [key]);
  const wish = `${news} ${wishes}`;
  const heard = useRef(wish);
  useEffect(() => {
    if (heard.current === wish) return;
    heard.current = wish;
    askNow.current?.();
  }, [wish]);
  return state.key === key ? { ...state, refresh } : { ...nothing, refresh };
}

function retryAfterMs(failures: number): number {
  return Math.min(retryMs.most, retryMs.first * 2 ** (failures - 1));
}

function next<Value>(before: State<Value>, key: string, answer: Answer<Value>): State<Value> {
  if (answer.kind === 'ok') {
    const { value, entityTag } = answer;
    return { key, value, entityTag, valueAtMs: portalClock.nowMs(), failure: undefined };
  }
  return { ...(before.key === key ? before : nothing), key, failure: answer };
}
