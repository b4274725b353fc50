/** Which times a page shows: the last so many minutes, or a span that stays. */
export type Range =
  | { readonly kind: 'last'; readonly name: RangeName }
  | { readonly kind: 'span'; readonly fromMs: number; readonly untilMs: number };

const minuteMs = 60_000;
const dayMs = 86_400_000;

const lengthsMs = {
  '15m': 15 * minuteMs,
  '1h': 60 * minuteMs,
  '6h': 360 * minuteMs,
  '24h': dayMs,
  '7d': 7 * dayMs,
  '30d': 30 * dayMs,
  '1y': 365 * dayMs,
} as const;
export type RangeName = keyof typeof lengthsMs;

export const rangeLabels: Readonly<Record<RangeName, string>> = {
  '15m': '15 minutes',
  '1h': '1 hour',
  '6h': '6 hours',
  '24h': '24 hours',
  '7d': '7 days',
  '30d': '30 days',
  '1y': '1 year',
};
export const rangeNames: readonly RangeName[] = ['15m', '1h', '6h', '24h', '7d', '30d', '1y'];
export const usualRange: Range = { kind: 'last', name: '1h' };

/** The furthest time of the API. */
const timeMsMax = 8_640_000_000_000;

/** What `range=…` or `from=…&until=…` say; an hour where they say nothing, or nonsense. */
export function parseRange(query: URLSearchParams): Range {
  const fromMs = timeOf(query.get('from'));
  const untilMs = timeOf(query.get('until'));
  if (fromMs !== undefined && untilMs !== undefined && fromMs < untilMs) {
    return { kind: 'span', fromMs, untilMs };
  }
  const name = rangeNames.find((known) => known === query.get('range'));
  return name === undefined ? usualRange : { kind: 'last', name };
}

/** What stands in the address for it. */
export function rangeFields(range: Range): Readonly<Record<string, string | number>> {
  return range.kind === 'last'
    ? { range: range.name }
    : { from: range.fromMs, until: range.untilMs };
}

/** The times that it covers at `nowMs`, by which a live page asks again and again. */
export function spanOf(range: Range, nowMs: number): { fromMs: number; untilMs: number } {
  if (range.kind === 'span') return { fromMs: range.fromMs, untilMs: range.untilMs };
  return { fromMs: nowMs - lengthsMs[range.name], untilMs: nowMs };
}

export function lengthMsOf(range: Range): number {
  return range.kind === 'last' ? lengthsMs[range.name] : range.untilMs - range.fromMs;
}

/** True: its figures can change still. */
export function isLive(range: Range, nowMs: number): boolean {
  return range.kind === 'last' || range.untilMs > nowMs;
}

function timeOf(text: string | null): number | undefined {
  if (text === null || !/^\d{1,13}$/.test(text)) return undefined;
  return Math.min(Number(text), timeMsMax);
}
