import type { RangeSeries, Values } from './range-metrics.js';

function columns(series: RangeSeries): [name: string, values: Values][] {
  const of = (prefix: string, group: Record<string, Values>): [string, Values][] =>
    Object.entries(group).map(([name, values]) => [`${prefix} ${name}`, values]);
  return [
    ['viewers', series.viewers],
    ['viewers_average', series.viewersAverage],
    ['cdn_bytes', series.cdnBytes],
    ['peer_bytes', series.peerBytes],
    ['uploaded_bytes', series.uploadedBytes],
    ['stalls', series.stalls],
    ['stall_ratio', series.stallRatio],
    ['startup_p50_ms', series.startupP50Ms],
    ['startup_p95_ms', series.startupP95Ms],
    ...of('viewers quality', series.viewersByQuality),
    ...of('viewers browser', series.browsers),
    ...Object.entries(series.browsersByQuality).flatMap(([quality, browsers]) =>
      of(`viewers quality ${quality} browser`, browsers),
    ),
    ...Object.entries(series.bytesByQuality).flatMap(([quality, bytes]): [string, Values][] => [
      [`cdn_bytes quality ${quality}`, bytes.cdnBytes],
      [`peer_bytes quality ${quality}`, bytes.peerBytes],
    ]),
  ];
}

function field(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** One line a minute, as RFC 4180 has it; an unknown value is empty. */
export function metricsCsv(times: readonly number[], series: RangeSeries): string {
  const all = columns(series);
  const lines = [['time', 'time_ms', ...all.map(([name]) => field(name))]];
  for (const [index, timeMs] of times.entries()) {
    const values = all.map(([, column]) => String(column[index] ?? ''));
    lines.push([new Date(timeMs).toISOString(), String(timeMs), ...values]);
  }
  return lines.map((line) => `${line.join(',')}\r\n`).join('');
}
