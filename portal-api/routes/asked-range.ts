import { portalLimits } from '../limits.js';
import { seriesNames, type SeriesChoice } from '../metrics/series-choice.js';
import {
  finerAt,
  rangeMsMax,
  stepMsMax,
  stepsOf,
  type StepRules,
  type Steps,
} from '../metrics/steps.js';
import { problem } from '../problems.js';
import type { RangeQuery, TimesQuery } from './metric-shapes.js';

const hourMs = 3_600_000;

/**
 * The whole steps of a query, the last hour unless it says otherwise. Throws a problem where there
 * are none, or too many for one answer.
 */
export function askedSteps(
  query: TimesQuery & Pick<RangeQuery, 'stepMsMin'>,
  intervalMs: number,
  nowMs: number,
): Steps {
  const until = query.until ?? nowMs;
  const from = query.from ?? Math.max(0, until - hourMs);
  if (from >= until) throw problem(400, 'invalid', 'from: must be before until', 'from');
  const { stepMsMin = 0 } = query;
  const rules = { ...rulesAt(intervalMs, nowMs), stepMsMin };
  if (stepMsMin > stepMsMax(rules)) {
    const message = `stepMsMin: steps are of ${stepMsMax(rules)} ms at most`;
    throw problem(400, 'invalid', message, 'stepMsMin');
  }
  const steps = stepsOf(from, until, rules);
  if (steps !== undefined) return steps;
  const secondsMax = rangeMsMax(rules) / 1_000;
  throw problem(400, 'invalid', `from: the range may have ${secondsMax} s at most`, 'from');
}

/**
 * The steps of a query of which nothing but sums is told: finer ones about `edgesMs`, between which
 * the subject is known, so that a long step isn't left out for what isn't known of it. Throws a
 * problem as `askedSteps` does.
 */
export function askedParts(
  query: TimesQuery,
  intervalMs: number,
  nowMs: number,
  edgesMs: readonly number[],
): Steps[] {
  const rules = rulesAt(intervalMs, nowMs);
  return edgesMs.reduce<Steps[]>(
    (parts, edgeMs) => parts.flatMap((part) => finerAt(edgeMs, part, rules)),
    [askedSteps(query, intervalMs, nowMs)],
  );
}

function rulesAt(intervalMs: number, nowMs: number): StepRules {
  const { stepsMax, minutesKeptMs, coarseMs } = portalLimits;
  return { intervalMs, stepMsMin: 0, stepsMax, minutesFromMs: nowMs - minutesKeptMs, coarseMs };
}

/** What of a subject's metrics is asked for, and in which form. */
export interface AskedRange {
  readonly steps: Steps;
  readonly choice: SeriesChoice;
  readonly format: RangeQuery['format'];
}

/** Throws a problem as `askedSteps` does, and where a series is asked for that there isn't. */
export function askedRange(query: RangeQuery, intervalMs: number, nowMs: number): AskedRange {
  const { series, format } = query;
  return { steps: askedSteps(query, intervalMs, nowMs), choice: askedSeries(series), format };
}

function askedSeries(text: string | undefined): SeriesChoice {
  if (text === undefined) return undefined;
  return new Set(
    text.split(',').map((asked) => {
      const name = seriesNames.find((known) => known === asked);
      if (name !== undefined) return name;
      const all = seriesNames.join(', ');
      throw problem(400, 'invalid', `series: there is no '${asked}', but ${all}`, 'series');
    }),
  );
}
