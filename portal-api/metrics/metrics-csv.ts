import { figureNames, figureTable, kindNames, kindTable } from './figure-table.js';
import type { RangeSeries } from './range-series.js';
import type { Values } from './step-values.js';

function columns(series: Partial<RangeSeries>): [name: string, values: Values][] {
  const of = (prefix: string, group: Readonly<Record<string, Values>> = {}): [string, Values][] =>
    Object.entries(group).map(([name, values]) => [`${prefix} ${name}`, values]);
  return [
    ...figureNames.flatMap((name): [string, Values][] => {
      const values = series[name];
      return values === undefined ? [] : [[figureTable[name].column, values]];
    }),
    ...kindNames.flatMap((name) => of(kindTable[name].column, series[name])),
    ...of('viewers quality', series.viewersByQuality),
    ...of('viewers browser', series.browsers),
    ...Object.entries(series.browsersByQuality ?? {}).flatMap(([quality, browsers]) =>
      of(`viewers quality ${quality} browser`, browsers),
    ),
    ...Object.entries(series.bytesByQuality ?? {}).flatMap(
      ([quality, bytes]): [string, Values][] => [
        [`cdn_bytes quality ${quality}`, bytes.cdnBytes],
        [`peer_bytes quality ${quality}`, bytes.peerBytes],
      ],
    ),
  ];
}

function field(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** One line a step, as RFC 4180 has it; an unknown value is empty. */
export function metricsCsv(times: readonly number[], series: Partial<RangeSeries>): string {
  const all = columns(series);
  const lines = [['time', 'time_ms', ...all.map(([name]) => field(name))]];
  for (const [index, timeMs] of times.entries()) {
    const values = all.map(([, column]) => String(column[index] ?? ''));
    lines.push([new Date(timeMs).toISOString(), String(timeMs), ...values]);
  }
  return lines.map((line) => `${line.join(',')}\r\n`).join('');
}
