import type { MetricsAnswer, PeakAnswer } from '../api/shapes.js';
import type { Pair } from '../data/equal-steps.js';
import type { PartialSteps } from './sums.js';

type Side = Pick<MetricsAnswer<'summary'>, 'times' | 'stepMs' | 'closedUntilMs' | 'series'>;

/**
 * Two ranges by what is known of both: a step that one side doesn't know, as one that isn't over,
 * has `null` in all series of either. A step of the second, moved by `backMs`, is one of the first.
 */
export function knownOnBothSides<One extends Side>(
  [one, other]: Pair<One>,
  backMs: number,
): Pair<One> {
  const [isKnown, isKnownToOther] = [knownTimes(one, 0), knownTimes(other, backMs)];
  const isShared = (timeMs: number): boolean => isKnown.has(timeMs) && isKnownToOther.has(timeMs);
  return [onlyWhere(one, isShared), onlyWhere(other, (timeMs) => isShared(timeMs + backMs))];
}

/**
 * How many steps one side or both don't know, from the first that either does to the end of what
 * was counted of both.
 */
export function stepsUnknownToASide([one, other]: Pair<Side>, backMs: number): PartialSteps {
  const [isKnown, isKnownToOther] = [knownTimes(one, 0), knownTimes(other, backMs)];
  const endMs = Math.min(
    one.closedUntilMs ?? Infinity,
    other.closedUntilMs === null ? Infinity : other.closedUntilMs + backMs,
  );
  const fromMs = Math.min(...isKnown, ...isKnownToOther);
  const counted = one.times.filter((timeMs) => timeMs >= fromMs && timeMs + one.stepMs <= endMs);
  const known = counted.filter((timeMs) => isKnown.has(timeMs) && isKnownToOther.has(timeMs));
  return { unknown: counted.length - known.length, of: counted.length };
}

/** The minute with most viewers; undefined where it lies in a step that isn't known. */
export function peakWithin(
  { times, stepMs, series }: Side,
  minute: PeakAnswer | undefined,
): PeakAnswer | undefined {
  const atMs = minute?.atMs ?? null;
  if (atMs === null) return minute;
  const step = times.findIndex((timeMs) => timeMs <= atMs && atMs < timeMs + stepMs);
  return (series.viewers[step] ?? null) === null ? undefined : minute;
}

function knownTimes({ times, series }: Side, backMs: number): ReadonlySet<number> {
  const known = times.filter((_timeMs, step) => (series.viewers[step] ?? null) !== null);
  return new Set(known.map((timeMs) => timeMs + backMs));
}

function onlyWhere<One extends Side>(range: One, isShared: (timeMs: number) => boolean): One {
  const isKept = range.times.map(isShared);
  const entries = Object.entries(range.series).map(([name, values]) => [
    name,
    values.map((value, step) => (isKept[step] === true ? value : null)),
  ]);
  // All series are among the entries.
  return { ...range, series: Object.fromEntries(entries) as One['series'] };
}
