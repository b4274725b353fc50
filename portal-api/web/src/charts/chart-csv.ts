import type { ChartSeries } from './series.js';

/** A chart's figures as RFC 4180 has them, one line a step; an unknown value is empty. */
export function chartCsv(times: readonly number[], series: readonly ChartSeries[]): string {
  const head = ['time', 'time_ms', ...series.map(({ name }) => field(name))];
  const lines = times.map((timeMs, index) => [
    new Date(timeMs).toISOString(),
    String(timeMs),
    ...series.map(({ values }) => String(values[index] ?? '')),
  ]);
  return [head, ...lines].map((line) => `${line.join(',')}\r\n`).join('');
}

/** A text that a spreadsheet would take for a formula begins with an apostrophe. */
function field(text: string): string {
  const plain = /^[=+\-@\t]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(plain) ? `"${plain.replaceAll('"', '""')}"` : plain;
}
