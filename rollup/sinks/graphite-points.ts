import { fallsToZero, metricBase, tellsAllOf, tellStreamPoints } from '../../graphite/index.js';
import type { Cell } from '../../schemas/index.js';
import type { StreamTotal } from '../totals/minute-totals.js';
import type { MinuteWrite } from './sink.js';

/**
 * All points of a write as carbon's lines: the totals, and zeros for what the previous minute had
 * and this one hasn't, so that graphs fall to zero. Each metric stands there once; all of it is
 * ASCII.
 */
export function minuteLines(write: MinuteWrite, prefix: string, intervalMs: number): string {
  const end = ` ${Math.floor((write.minute * intervalMs) / 1_000)}\n`;
  let lines = '';
  let base = '';
  const tell = (name: string, value: number): void => {
    lines += `${base}${name} ${value}${end}`;
  };
  const present = new Map<string, StreamTotal>();
  for (const total of write.totals) {
    base = metricBase(prefix, total.stream);
    tellStreamPoints(total.cells, intervalMs, tell);
    if (write.previous.size > 0) present.set(total.stream, total);
  }
  for (const total of write.previous.values()) {
    const cells = present.get(total.stream)?.cells;
    if (cells !== undefined && tellsAllOf(cells, total.cells)) continue;
    base = metricBase(prefix, total.stream);
    for (const name of goneNames(total.cells, cells, intervalMs)) tell(name, 0);
  }
  return lines;
}

function goneNames(
  before: readonly Cell[],
  now: readonly Cell[] | undefined,
  intervalMs: number,
): ReadonlySet<string> {
  const names = new Set<string>();
  tellStreamPoints(before, intervalMs, (name) => {
    if (fallsToZero(name)) names.add(name);
  });
  if (now !== undefined) tellStreamPoints(now, intervalMs, (name) => names.delete(name));
  return names;
}
