import { bounded, isAtLeast } from '../../../metrics/at-least.js';
import type { MetricsAnswer, PeakAnswer, Values } from '../api/shapes.js';

/** The sum of what is known, within its bound; null where nothing is. */
export function sumOf(values: Values): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : bounded(known.reduce((before, value) => before + value, 0));
}

/** The highest value and where it stands; undefined where nothing is known. */
export function peakOf(
  values: Values,
): { readonly value: number; readonly index: number } | undefined {
  let peak: { value: number; index: number } | undefined;
  for (const [index, value] of values.entries()) {
    if (value !== null && (peak === undefined || value > peak.value)) peak = { value, index };
  }
  return peak;
}

/** The mean of a ratio, each step by its weight; null where no step has both. */
export function weightedMean(ratios: Values, weights: Values): number | null {
  let sum = 0;
  let weight = 0;
  for (const [index, ratio] of ratios.entries()) {
    const own = weights[index] ?? null;
    if (ratio === null || own === null) continue;
    sum += ratio * own;
    weight += own;
  }
  return weight === 0 ? null : sum / weight;
}

/** What was stalled of all time, watched or stalled; null where such a time is at its bound. */
function stalledOf({ stepMs, series: { stalledMs, viewersAverage } }: Summed): number | null {
  const averages = sumOf(viewersAverage);
  return shareOf(averages === null ? null : averages * stepMs, sumOf(stalledMs));
}

/** By the time that was played; null where what was played in a step is at its bound. */
function bitrateOf({ series: { bitrateKbps, playedBitrateMs } }: Summed): number | null {
  const isMarked = bitrateKbps.some(
    (kbps, step) => kbps === null && (playedBitrateMs[step] ?? 0) > 0,
  );
  return isMarked ? null : weightedMean(bitrateKbps, playedBitrateMs);
}

/** The second among both; null where one isn't known or is at its bound, or both are none. */
export function shareOf(first: number | null, second: number | null): number | null {
  if (first === null || second === null || isAtLeast(first) || isAtLeast(second)) return null;
  return first + second === 0 ? null : second / (first + second);
}

/** What part of a whole; null where one isn't known or is at its bound, or the whole is none. */
export function ratioOf(part: number | null, whole: number | null): number | null {
  if (part === null || whole === null || isAtLeast(part) || isAtLeast(whole)) return null;
  return whole === 0 ? null : part / whole;
}

/** What a page tells first of a range. */
export interface Summary {
  readonly peak: number | null;
  readonly peakAtMs: number | null;
  /** What the peak is the mean of: a minute, or a longer step that hides a higher one. */
  readonly peakOfMs: number;
  readonly cdnBytes: number | null;
  readonly peerBytes: number | null;
  readonly offload: number | null;
  readonly stallRatio: number | null;
  readonly views: number | null;
  readonly failedStarts: number | null;
  readonly failedShare: number | null;
  readonly startupMs: number | null;
  readonly bitrateKbps: number | null;
}

type Summed = Pick<MetricsAnswer<'summary'>, 'times' | 'stepMs' | 'series'>;

/**
 * True: somebody watches, by players that tell nothing but that, so zeros of all else are of no
 * measurement: no time watched, bytes or views.
 */
export function isWatchedOnly({ series }: Pick<Summed, 'series'>): boolean {
  const { viewers, viewersAverage, cdnBytes, peerBytes, viewsBegun, viewsPlayed } = series;
  return (
    (sumOf(viewers) ?? 0) > 0 &&
    [viewersAverage, cdnBytes, peerBytes, viewsBegun, viewsPlayed].every(
      (values) => sumOf(values) === 0,
    )
  );
}

/** `minute`: with most viewers, if it is known; it counts for all that it is of. */
export function summaryOf(range: Summed, minute?: PeakAnswer): Summary {
  const { series } = range;
  const told = isWatchedOnly(range) ? () => null : sumOf;
  const cdnBytes = told(series.cdnBytes);
  const peerBytes = told(series.peerBytes);
  const views = told(series.viewsBegun);
  const failedStarts = told(series.startsFailed);
  return {
    ...peakIn(range, minute),
    cdnBytes,
    peerBytes,
    offload: shareOf(cdnBytes, peerBytes),
    stallRatio: stalledOf(range),
    views,
    failedStarts,
    failedShare: ratioOf(failedStarts, views),
    startupMs: weightedMean(series.startupP50Ms, series.viewsPlayed),
    bitrateKbps: bitrateOf(range),
  };
}

function peakIn(
  { times, stepMs, series }: Summed,
  minute: PeakAnswer | undefined,
): Pick<Summary, 'peak' | 'peakAtMs' | 'peakOfMs'> {
  const highest = minute?.viewers ?? null;
  // Where no minute is known all steps are of what is before.
  const fromMs = (highest === null ? undefined : minute?.fromMs) ?? Infinity;
  const step = peakOf(series.viewers.filter((_value, index) => (times[index] ?? 0) < fromMs));
  if (minute !== undefined && highest !== null && (step?.value ?? 0) <= highest) {
    return { peak: highest, peakAtMs: minute.atMs, peakOfMs: minute.intervalMs };
  }
  const peakAtMs = step === undefined ? null : (times[step.index] ?? null);
  return { peak: step?.value ?? null, peakAtMs, peakOfMs: stepMs };
}

/** How many steps are not known, and of how many. */
export interface PartialSteps {
  readonly unknown: number;
  readonly of: number;
}

/**
 * How many steps are not known between the first that is and the end of what was counted: sums are
 * then of the others.
 */
export function unknownSteps({
  times,
  stepMs,
  closedUntilMs,
  series,
}: MetricsAnswer<'state'>): PartialSteps {
  const { viewers } = series;
  const first = viewers.findIndex((value) => value !== null);
  if (first === -1) return { unknown: 0, of: 0 };
  const counted = viewers.slice(first).filter((_value, place) => {
    const timeMs = times[first + place];
    return closedUntilMs === null || (timeMs !== undefined && timeMs + stepMs <= closedUntilMs);
  });
  return { unknown: counted.filter((value) => value === null).length, of: counted.length };
}
