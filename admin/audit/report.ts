import type { MinuteSpan } from '../../clickhouse/index.js';
import { allStreams } from '../../schemas/index.js';
import { plainTable } from '../plain-table.js';
import { timeOfMinute } from './asked-time.js';
import type { Difference } from './differences.js';

const namedMax = 10;

/** The first of many names, and how many there are besides. */
export function someOf(names: readonly string[]): string {
  const named = names.slice(0, namedMax).join(', ');
  return names.length > namedMax ? `${named} … and ${names.length - namedMax} more` : named;
}

/** A difference as `--json` shows it: with the minute's start. */
export function differenceJson(difference: Difference, intervalMs: number): object {
  const { sink, stream, minute, counter, expected, found, ...place } = difference;
  const time = timeOfMinute(minute, intervalMs);
  return { sink, stream, minute, time, ...place, counter, expected, found };
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
      valueText(counter, expected),
      found === null ? 'none' : valueText(counter, found),
    ]);
  }
  const rest = count - differences.length;
  return rest > 0 ? `${table.toString()}\n… and ${rest} more` : table.toString();
}

function valueText(counter: string, value: number): string {
  return counter === 'time' ? new Date(value * 1_000).toISOString() : String(value);
}

export function spanText({ from, to }: MinuteSpan, intervalMs: number): string {
  const minutes = to - from + 1;
  return (
    `${minutes} minute${minutes === 1 ? '' : 's'} from ${timeOfMinute(from, intervalMs)} ` +
    `to ${timeOfMinute(to, intervalMs)} (${from} to ${to})`
  );
}
