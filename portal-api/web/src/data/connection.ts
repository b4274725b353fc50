import { useEffect, useState } from 'preact/hooks';
import { portalClock } from '../time/portal-clock.js';

const lookEveryMs = 2_000;
/** A timer that is so late has slept with its machine. */
const sleptMs = 15_000;

/** Calls `ask` when the page is seen again, the network is back, or the machine has slept. */
export function useAwakening(ask: () => void): void {
  useEffect(() => {
    let lastMs = Date.now();
    const look = (): void => {
      const nowMs = Date.now();
      if (nowMs - lastMs > sleptMs && !document.hidden) ask();
      lastMs = nowMs;
    };
    const onSeen = (): void => {
      if (!document.hidden) ask();
    };
    const timer = setInterval(look, lookEveryMs);
    document.addEventListener('visibilitychange', onSeen);
    addEventListener('online', ask);
    return () => {
      clearInterval(timer);
      document.removeEventListener('visibilitychange', onSeen);
      removeEventListener('online', ask);
    };
  }, [ask]);
}

/** False: the browser says that it has no network. */
export function useIsOnline(): boolean {
  const [isOnline, setOnline] = useState(navigator.onLine);
  useEffect(() => {
    const follow = (): void => setOnline(navigator.onLine);
    addEventListener('online', follow);
    addEventListener('offline', follow);
    return () => {
      removeEventListener('online', follow);
      removeEventListener('offline', follow);
    };
  }, []);
  return isOnline;
}

/** False: the page is in a tab that nobody looks at. */
export function useIsSeen(): boolean {
  const [isSeen, setSeen] = useState(!document.hidden);
  useEffect(() => {
    const follow = (): void => setSeen(!document.hidden);
    document.addEventListener('visibilitychange', follow);
    return () => document.removeEventListener('visibilitychange', follow);
  }, []);
  return isSeen;
}

/** The present time, anew each `everyMs`, so that ages on the page go on. */
export function useNowMs(everyMs: number): number {
  const [nowMs, setNowMs] = useState(() => portalClock.nowMs());
  useEffect(() => {
    const timer = setInterval(() => setNowMs(portalClock.nowMs()), everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
  return nowMs;
}
