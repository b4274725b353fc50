import { isAtLeast } from './at-least.js';
import { figureNames, figureTable, kindNames, kindTable } from './figure-table.js';
import { divisorOf, type RangeSeries, type SeriesName } from './range-series.js';
import type { Values } from './step-values.js';

/** A column: what it is called, which series it is of, and its values. */
type Column = readonly [name: string, series: SeriesName, values: Values];

function columns(series: Partial<RangeSeries>): Column[] {
  const of = (
    prefix: string,
    name: SeriesName,
    group: Readonly<Record<string, Values>> = {},
  ): Column[] => Object.entries(group).map(([kind, values]) => [`${prefix} ${kind}`, name, values]);
  return [
    ...figureNames.flatMap((name): Column[] => {
      const values = series[name];
      return values === undefined ? [] : [[figureTable[name].column, name, values]];
    }),
    ...kindNames.flatMap((name) => of(kindTable[name].column, name, series[name])),
    ...of('viewers quality', 'viewersByQuality', series.viewersByQuality),
    ...of('viewers browser', 'browsers', series.browsers),
    ...Object.entries(series.browsersByQuality ?? {}).flatMap(([quality, browsers]) =>
      of(`viewers quality ${quality} browser`, 'browsersByQuality', browsers),
    ),
    ...Object.entries(series.bytesByQuality ?? {}).flatMap(([quality, bytes]): Column[] => [
      [`cdn_bytes quality ${quality}`, 'bytesByQuality', bytes.cdnBytes],
      [`peer_bytes quality ${quality}`, 'bytesByQuality', bytes.peerBytes],
    ]),
  ];
}

function field(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** What is told in steps. */
interface Steps {
  readonly times: readonly number[];
  readonly stepMs: number;
  readonly intervalMs: number;
}

/**
 * One line a step, as RFC 4180 has it; an unknown value is empty. The last column names those of
 * its line that mean at least what they tell, with semicolons between.
 */
export function metricsCsv(
  { times, stepMs, intervalMs }: Steps,
  series: Partial<RangeSeries>,
): string {
  const all = columns(series).map(([name, of, values]) => {
    return { name, values, divisor: divisorOf(of, stepMs, intervalMs) };
  });
  const lines = [['time', 'time_ms', ...all.map(({ name }) => field(name)), 'at_least']];
  for (const [index, timeMs] of times.entries()) {
    const values = all.map((column) => String(column.values[index] ?? ''));
    const atLeast = all
      .filter((column) => isAtLeast((column.values[index] ?? 0) * column.divisor))
      .map(({ name }) => name);
    lines.push([
      new Date(timeMs).toISOString(),
      String(timeMs),
      ...values,
      field(atLeast.join(';')),
    ]);
  }
  return lines.map((line) => `${line.join(',')}\r\n`).join('');
}
