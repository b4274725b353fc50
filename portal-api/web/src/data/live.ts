import { useCallback, useEffect, useState } from 'preact/hooks';
import { liveAddress } from '../api/figures.js';
import { useAwakening, useIsSeen } from './connection.js';

export interface Live {
  /** Counts the minutes that were told of: another number is news. */
  readonly news: number;
  /** False: pages have to ask by themselves. */
  readonly isConnected: boolean;
}

/**
 * Hears of each new minute of the streams, and of the total, as server-sent events. Whoever hears
 * asks for what it shows; a list of streams needs one stream's news. A tab that nobody looks at
 * hears nothing: a browser opens few connections to one host.
 */
export function useLive(keys: readonly string[], hasTotal: boolean): Live {
  const [live, setLive] = useState<Live>({ news: 0, isConnected: false });
  const [round, setRound] = useState(0);
  useAwakening(useCallback(() => setRound((before) => before + 1), []));
  const address = liveAddress(keys, hasTotal);
  const isSeen = useIsSeen();
  const isWanted = isSeen && (keys.length > 0 || hasTotal);
  useEffect(() => {
    if (!isWanted) return undefined;
    const source = new EventSource(address);
    source.addEventListener('now', () =>
      setLive(({ news }) => ({ news: news + 1, isConnected: true })),
    );
    let timer: ReturnType<typeof setTimeout> | undefined;
    source.addEventListener('error', () => {
      setLive(({ news }) => ({ news, isConnected: false }));
      // The browser connects again by itself, but not after a refusal.
      if (source.readyState !== EventSource.CLOSED) return;
      timer = setTimeout(() => setRound((before) => before + 1), afterRefusalMs);
    });
    return () => {
      clearTimeout(timer);
      source.close();
    };
  }, [address, isWanted, round]);
  return live;
}

const afterRefusalMs = 15_000;

/** How often to ask beside the news; each minute's end is told of as it comes. */
export function pollEveryMs({ isConnected }: Live, aloneMs: number): number {
  return isConnected ? Math.max(aloneMs, 30_000) : aloneMs;
}
