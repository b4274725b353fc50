import { bounded, isAtLeast } from '../../../metrics/at-least.js';
import { count, marked } from '../format.js';

const minuteMs = 60_000;

/** What a sum of steps' mean viewers comes to in minutes; `stepMs`: how long each step is. */
export function viewersMinutesText(sum: number, stepMs: number): string {
  const minutes = (sum * stepMs) / minuteMs;
  // A step below a minute makes less of a sum that stands at its bound.
  const text = marked(count(bounded(minutes)), isAtLeast(sum) || isAtLeast(minutes));
  return `${text} viewers' minutes`;
}
