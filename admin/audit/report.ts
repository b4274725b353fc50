import type { MinuteSpan } from '../../clickhouse/index.js';
import { allStreams, sumMax } from '../../schemas/index.js';
import { plainTable } from '../plain-table.js';
import { timeOfMinute } from './asked-time.js';
import type { Difference } from './differences.js';

const namedMax = 10;

/** The first of many names, and how many there are besides. */
export function someOf(names: readonly string[]): string {
  const named = names.slice(0, namedMax).join(', ');
  return names.length > namedMax ? `${named} … and ${names.length - namedMax} more` : named;
}

/**
 * A difference as `--json` shows it: with the minute's start, and JSON Pointers to which of both
 * values mean at least what they tell.
 */
export function differenceJson(difference: Difference, intervalMs: number): object {
  const { sink, stream, minute, counter, expected, found, ...place } = difference;
  const time = timeOfMinute(minute, intervalMs);
  const atLeast = Object.entries({ expected, found })
    .filter(([, value]) => isAtLeast(counter, value, intervalMs))
    .map(([name]) => `/${name}`);
  return { sink, stream, minute, time, ...place, counter, expected, found, atLeast };
}

/** Differences as a table, with a last line that counts those that are not shown. */
export function differencesText(
  differences: readonly Difference[],
  count: number,
  intervalMs: number,
): string {
  const table = plainTable([
    'sink',
    'stream',
    'minute',
    'quality or facet',
    'browser or value',
    'counter',
    'expected',
    'found',
  ]);
  for (const difference of differences) {
    const { sink, stream, minute, counter, expected, found } = difference;
    table.push([
      sink,
      stream === allStreams ? '* (all)' : stream,
      timeOfMinute(minute, intervalMs),
      difference.quality ?? difference.facet ?? '',
      difference.browser ?? difference.value ?? '',
      counter,
      valueText(counter, expected, intervalMs),
      valueText(counter, found, intervalMs),
    ]);
  }
  const rest = count - differences.length;
  return rest > 0 ? `${table.toString()}\n… and ${rest} more` : table.toString();
}

function valueText(counter: string, value: number | null, intervalMs: number): string {
  if (value === null) return 'none';
  if (counter === 'time') return new Date(value * 1_000).toISOString();
  return isAtLeast(counter, value, intervalMs) ? `≥ ${value}` : String(value);
}

/** True: a sum at its bound, or the mean of viewers that follows from watched time at its own. */
function isAtLeast(counter: string, value: number | null, intervalMs: number): boolean {
  const bound = counter.endsWith('.viewers_average') ? sumMax / intervalMs : sumMax;
  return value !== null && value >= bound;
}

export function spanText({ from, to }: MinuteSpan, intervalMs: number): string {
  const minutes = to - from + 1;
  return (
    `${minutes} minute${minutes === 1 ? '' : 's'} from ${timeOfMinute(from, intervalMs)} ` +
    `to ${timeOfMinute(to, intervalMs)} (${from} to ${to})`
  );
}
