import { isAtLeast } from './at-least.js';
import type { Fold } from './figure-table.js';

/** What a ratio is made of, as sums; infinite where one of them is at its bound. */
export interface Ratio {
  readonly part: number;
  readonly whole: number;
}

/** The figures that are ratios. */
export type RatioName = 'stallRatio' | 'bitrateKbps';

type ValuesOf = (metric: string, fold: Fold) => readonly (number | null)[];

/** Step by step what a ratio is made of; null where it isn't known. */
export function ratiosOf(name: RatioName, of: ValuesOf, stepMs: number): (Ratio | null)[] {
  if (name === 'bitrateKbps') {
    const played = of('played_bitrate_ms', 'part');
    return of('played_bits', 'part').map((part, step) => ratio(part, played[step] ?? null));
  }
  const watched = of('viewers_average', 'mean');
  return of('stalled_ms', 'part').map((stalledMs, step) => {
    const average = watched[step] ?? null;
    if (stalledMs === null || average === null) return null;
    const allMs = stalledMs + average * stepMs;
    return ratio(stalledMs, isAtLeast(allMs) ? Infinity : allMs);
  });
}

function ratio(part: number | null, whole: number | null): Ratio | null {
  return part === null || whole === null ? null : { part, whole };
}

/** The ratio of the sums of those that are known. */
export function ratioOfSums(ratios: readonly (Ratio | null)[]): number | null {
  const known = ratios.filter((one) => one !== null);
  const sumOf = (of: keyof Ratio): number => known.reduce((sum, one) => sum + one[of], 0);
  const [part, whole] = [sumOf('part'), sumOf('whole')];
  return Number.isFinite(part) && Number.isFinite(whole) && whole > 0 ? part / whole : null;
}

/** What a point of before tells of who was there. */
interface Audience {
  readonly watchedMs: number;
  /** Of all viewers, had they been there from beginning to end. */
  readonly thereMs: number;
}

interface Before {
  /** The ratio that was told. */
  readonly ratio: string;
  /** The part, as far as it can be known. */
  readonly partOf: (ratio: number, audience: Audience) => number;
}

const before: Readonly<Record<string, Before>> = {
  stalled_ms: { ratio: 'stall_ratio', partOf: stalledOf },
  played_bits: { ratio: 'bitrate_kbps', partOf: (kbps, { watchedMs }) => kbps * watchedMs },
  played_bitrate_ms: { ratio: 'bitrate_kbps', partOf: (_kbps, { watchedMs }) => watchedMs },
};

/** Of a minute in which all only stalled no watched time tells how long: to its end. */
function stalledOf(share: number, { watchedMs, thereMs }: Audience): number {
  if (share === 0) return 0;
  return share >= 1 ? thereMs : (watchedMs * share) / (1 - share);
}

/** The metrics without which a part of a ratio can't be told. */
export function metricsOfPart(metric: string): readonly string[] {
  const ratioOfIt = before[metric]?.ratio;
  return ratioOfIt === undefined ? [metric] : [metric, ratioOfIt];
}

/**
 * A part of a ratio in points of `stepMs` each: as it was told, and where only the ratio was, as
 * rollups of before did, what that leaves known of it. `columnOf` a metric.
 */
export function partColumn(
  metric: string,
  columnOf: (metric: string) => Float64Array | undefined,
  stepMs: number,
): Float64Array | undefined {
  const own = columnOf(metric);
  const older = before[metric];
  const ratios = older && columnOf(older.ratio);
  if (older === undefined || ratios === undefined) return own;
  const averages = columnOf('viewers_average');
  const viewers = columnOf('viewers');
  return ratios.map((share, index) => {
    const told = own?.[index] ?? NaN;
    if (!Number.isNaN(told) || Number.isNaN(share)) return told;
    const watchedMs = (averages?.[index] ?? NaN) * stepMs;
    return older.partOf(share, { watchedMs, thereMs: (viewers?.[index] ?? NaN) * stepMs });
  });
}
