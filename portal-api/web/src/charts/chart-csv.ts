import type { ChartSeries } from './series.js';

/**
 * A chart's figures as RFC 4180 has them, one line a step; an unknown value is empty. The last
 * column names those that mean at least what they tell.
 */
export function chartCsv(times: readonly number[], series: readonly ChartSeries[]): string {
  const head = ['time', 'time_ms', ...series.map(({ name }) => field(name)), 'at_least'];
  const lines = times.map((timeMs, index) => [
    new Date(timeMs).toISOString(),
    String(timeMs),
    ...series.map(({ values }) => String(values[index] ?? '')),
    field(namesAt(series, index).join(';')),
  ]);
  return [head, ...lines].map((line) => `${line.join(',')}\r\n`).join('');
}

function namesAt(series: readonly ChartSeries[], index: number): string[] {
  return series.filter(({ atLeast }) => atLeast?.has(index) === true).map(({ name }) => name);
}

/** A text that a spreadsheet would take for a formula begins with an apostrophe. */
function field(text: string): string {
  const plain = /^[=+\-@\t]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(plain) ? `"${plain.replaceAll('"', '""')}"` : plain;
}
