import { useEffect, useState } from 'preact/hooks';

/** What the page shows, all of it in the address. */
export interface Place {
  /** Undefined: all streams together. */
  readonly stream: string | undefined;
  readonly range: RangeName;
}

export const ranges = { '15m': 15, '1h': 60, '6h': 360, '24h': 1_440 } as const;
export type RangeName = keyof typeof ranges;
export const rangeNames: readonly RangeName[] = ['15m', '1h', '6h', '24h'];

/** What one answer of the API may hold. */
const minutesMax = 1_500;

export function rangeMs(range: RangeName): number {
  return ranges[range] * 60_000;
}

/** True: the range fits into one answer where minutes are so long. */
export function isOffered(range: RangeName, intervalMs: number): boolean {
  return rangeMs(range) / intervalMs < minutesMax;
}

export function parsePlace(search: string): Place {
  const query = new URLSearchParams(search);
  const range = rangeNames.find((name) => name === query.get('range')) ?? '1h';
  return { stream: query.get('stream') ?? undefined, range };
}

export function addressOf({ stream, range }: Place): string {
  const query = new URLSearchParams();
  if (stream !== undefined) query.set('stream', stream);
  query.set('range', range);
  return `/?${query.toString()}`;
}

/** The present place, and how to go to another: a step that the browser's back button undoes. */
export function usePlace(): [Place, (place: Place) => void] {
  const [place, setPlace] = useState(() => parsePlace(location.search));
  useEffect(() => {
    const follow = (): void => setPlace(parsePlace(location.search));
    addEventListener('popstate', follow);
    return () => removeEventListener('popstate', follow);
  }, []);
  const go = (next: Place): void => {
    history.pushState(null, '', addressOf(next));
    setPlace(next);
  };
  return [place, go];
}

/** True: a click that the page handles itself, not one that opens a new tab or window. */
export function isPlainClick(event: MouseEvent): boolean {
  return !(event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey);
}
