import { portalLimits } from '../limits.js';
import { rangeMsMax, stepsOf, type Steps } from '../metrics/steps.js';
import { problem } from '../problems.js';
import type { TimesQuery } from './metric-shapes.js';

const hourMs = 3_600_000;

/**
 * The whole steps of a query, the last hour unless it says otherwise. Throws a problem where there
 * are none, or too many for one answer.
 */
export function askedSteps(
  query: TimesQuery,
  intervalMs: number,
  nowMs: number,
  stepsMax: number = portalLimits.stepsMax,
): Steps {
  const until = query.until ?? nowMs;
  const from = query.from ?? Math.max(0, until - hourMs);
  if (from >= until) throw problem(400, 'invalid', 'from: must be before until', 'from');
  const { minutesKeptMs, coarseMs } = portalLimits;
  const rules = { intervalMs, stepsMax, minutesFromMs: nowMs - minutesKeptMs, coarseMs };
  const steps = stepsOf(from, until, rules);
  if (steps !== undefined) return steps;
  const secondsMax = rangeMsMax(rules) / 1_000;
  throw problem(400, 'invalid', `from: the range may have ${secondsMax} s at most`, 'from');
}
