import { type Series, type SeriesPoints, decodeNamePart } from '../../graphite/index.js';

/**
 * A value a minute; null where nothing is known (a sum), or there's nothing to tell (a ratio, a
 * quantile).
 */
export type Values = (number | null)[];

export interface RangeSeries {
  viewers: Values;
  viewersAverage: Values;
  viewersByQuality: Record<string, Values>;
  browsers: Record<string, Values>;
  browsersByQuality: Record<string, Record<string, Values>>;
  cdnBytes: Values;
  peerBytes: Values;
  uploadedBytes: Values;
  bytesByQuality: Record<string, { cdnBytes: Values; peerBytes: Values }>;
  stalls: Values;
  stallRatio: Values;
  startupP50Ms: Values;
  startupP95Ms: Values;
}

export interface RangeOptions {
  /** `<prefix>.streams.<stream>` or `<prefix>.total`. */
  readonly base: string;
  readonly intervalMs: number;
  /**
   * In a minute that was told, from `knownFromMs` on, an absent point of a sum means 0; in any
   * other nothing is known.
   */
  readonly told: SeriesPoints;
  readonly knownFromMs: number;
  /** Names of series that can't be read: nothing is known of these. */
  readonly unreadable: ReadonlySet<string>;
}

/** The starts of the minutes in [fromMs, untilMs). */
export function minuteTimes(fromMs: number, untilMs: number, intervalMs: number): number[] {
  const times: number[] = [];
  for (let time = fromMs; time < untilMs; time += intervalMs) times.push(time);
  return times;
}

/** Folds what Graphite has below a base into values a minute, side by side for all metrics. */
export function rangeSeries(
  series: readonly Series[],
  times: readonly number[],
  options: RangeOptions,
): RangeSeries {
  const { base, told, knownFromMs, unreadable } = options;
  const isKnown = (time: number): boolean => time >= knownFromMs && told.has(time);
  const sums = (points: SeriesPoints | undefined): Values =>
    times.map((time) => points?.get(time) ?? (isKnown(time) ? 0 : null));
  const others = (points: SeriesPoints | undefined): Values =>
    times.map((time) => points?.get(time) ?? null);

  const byName = new Map(
    series
      .filter(({ name }) => name.startsWith(`${base}.`))
      .map(({ name, points }) => [name.slice(base.length + 1), points] as const),
  );
  const sumsOf = (name: string): Values =>
    unreadable.has(`${base}.${name}`) ? times.map(() => null) : sums(byName.get(name));
  const below = (group: string): [parts: string[], points: SeriesPoints][] =>
    [...byName]
      .filter(([name]) => name.startsWith(`${group}.`))
      .map(([name, points]) => [decodedParts(name.slice(group.length + 1)), points] as const)
      .filter((entry): entry is [string[], SeriesPoints] => entry[0] !== undefined);
  const bySecondPart = (group: string): Map<string, Map<string, SeriesPoints>> => {
    const groups = new Map<string, Map<string, SeriesPoints>>();
    for (const [[first = '', second = ''], points] of below(group)) {
      const inner = groups.get(first) ?? new Map<string, SeriesPoints>();
      groups.set(first, inner.set(second, points));
    }
    return groups;
  };
  const sumsByName = (entries: Iterable<readonly [string, SeriesPoints]>): Record<string, Values> =>
    Object.fromEntries([...entries].map(([name, points]) => [name, sums(points)]));
  const byFirstPart = (group: string): Record<string, Values> =>
    sumsByName(below(group).map(([[first = ''], points]) => [first, points]));

  return {
    viewers: sumsOf('viewers'),
    viewersAverage: sumsOf('viewers_average'),
    viewersByQuality: byFirstPart('viewers_by_quality'),
    browsers: byFirstPart('browsers'),
    browsersByQuality: Object.fromEntries(
      [...bySecondPart('browsers_by_quality')].map(([name, inner]) => [name, sumsByName(inner)]),
    ),
    cdnBytes: sumsOf('bytes.cdn'),
    peerBytes: sumsOf('bytes.p2p'),
    uploadedBytes: sumsOf('bytes.uploaded'),
    bytesByQuality: Object.fromEntries(
      [...bySecondPart('bytes_by_quality')].map(([name, inner]) => [
        name,
        { cdnBytes: sums(inner.get('cdn')), peerBytes: sums(inner.get('p2p')) },
      ]),
    ),
    stalls: sumsOf('stalls'),
    stallRatio: others(byName.get('stall_ratio')),
    startupP50Ms: others(byName.get('startup_ms.p50')),
    startupP95Ms: others(byName.get('startup_ms.p95')),
  };
}

function decodedParts(name: string): string[] | undefined {
  const parts = name.split('.').map(decodeNamePart);
  return parts.every((part) => part !== undefined) ? parts : undefined;
}
