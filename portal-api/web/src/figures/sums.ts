import { bounded, isAtLeast } from '../../../metrics/at-least.js';
import type { MetricsAnswer, PeakAnswer, Values } from '../api/shapes.js';

/** The sum of what is known, within its bound; null where nothing is. */
export function sumOf(values: Values): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : bounded(known.reduce((before, value) => before + value, 0));
}

/** Viewers of each step together, in minutes; at its bound where a sum of them is. */
export function viewerMinutesOf(viewers: Values, stepMs: number): number {
  const sum = sumOf(viewers) ?? 0;
  return isAtLeast(sum) ? sum : bounded((sum * stepMs) / 60_000);
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

/**
 * True: somebody watched, and of nobody is told what, as where sockets of plain players are
 * counted: then no bytes and no views are not measured, they are not told.
 */
export function isOnlyCounted({
  series: { viewers, viewersAverage, cdnBytes, peerBytes, viewsBegun },
}: Summed): boolean {
  const isNone = [viewersAverage, cdnBytes, peerBytes, viewsBegun].every(
    (values) => (sumOf(values) ?? 0) === 0,
  );
  return isNone && (sumOf(viewers) ?? 0) > 0;
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

/** `minute`: with most viewers, if it is known; it counts for all that it is of. */
export function summaryOf(range: Summed, minute?: PeakAnswer): Summary {
  const { series } = range;
  const cdnBytes = sumOf(series.cdnBytes);
  const peerBytes = sumOf(series.peerBytes);
  const views = sumOf(series.viewsBegun);
  const failedStarts = sumOf(series.startsFailed);
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

/**
 * Both with nothing but the steps that are known of both, `backMs` apart: sums of one minute more
 * on one side are no change.
 */
export function knownOfBoth<Answer extends Summed>(
  one: Answer,
  other: Answer,
  backMs: number,
): readonly [Answer, Answer] {
  const known = ({ times, series: { viewers } }: Answer, movedMs: number): Set<number> =>
    new Set(
      times.map((timeMs) => timeMs + movedMs).filter((_, at) => (viewers[at] ?? null) !== null),
    );
  const ofOther = known(other, backMs);
  const shared = new Set([...known(one, 0)].filter((timeMs) => ofOther.has(timeMs)));
  const only = (answer: Answer, movedMs: number): Answer => {
    const isShared = answer.times.map((timeMs) => shared.has(timeMs + movedMs));
    const series = Object.entries(answer.series).map(([name, values]) => [
      name,
      (values as Values).map((value, at) => (isShared[at] === true ? value : null)),
    ]);
    return { ...answer, series: Object.fromEntries(series) as Answer['series'] };
  };
  return [only(one, 0), only(other, backMs)];
}

/**
 * How many steps are not known between the first that is and the end of what was counted: sums are
 * then of the others.
 */
export function unknownSteps({ times, stepMs, closedUntilMs, series }: MetricsAnswer<'state'>): {
  readonly unknown: number;
  readonly of: number;
} {
  const { viewers } = series;
  const first = viewers.findIndex((value) => value !== null);
  if (first === -1) return { unknown: 0, of: 0 };
  const counted = viewers.slice(first).filter((_value, place) => {
    const timeMs = times[first + place];
    return closedUntilMs === null || (timeMs !== undefined && timeMs + stepMs <= closedUntilMs);
  });
  return { unknown: counted.filter((value) => value === null).length, of: counted.length };
}
