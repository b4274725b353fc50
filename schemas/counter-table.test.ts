import { describe, expect, it } from '@jest/globals';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../service/package-root.js';
import { counterNames, counterOf, type CounterName } from './counter-table.js';

const page = join(packageRoot(), 'docs', 'queries.md');
const begin =
  '<!-- counters of the cell: from schemas/counter-table.ts, by UPDATE_COUNTERS=1 -->\n\n';
const end = '\n<!-- end of the counters -->';

/** Metrics below the stream's base; `*` is a quality. */
function metricsOf(name: CounterName): string {
  const { metric, qualityMetric, boundsMs } = counterOf(name);
  const own = metric === undefined ? [] : [metric];
  const metrics = [
    ...(boundsMs === undefined ? own : own.flatMap((base) => [`${base}.p50`, `${base}.p95`])),
    ...(qualityMetric === undefined ? [] : [qualityMetric.join('*')]),
  ];
  return metrics.map((text) => `\`${text.slice(1)}\``).join(', ');
}

/** The table as Prettier has it: columns as wide as their widest cell. */
function tableText(): string {
  const cells = [
    ['column', 'adds up', 'in Graphite'],
    ...counterNames.map((name) => {
      const { column, means } = counterOf(name);
      return [`\`${column}\``, means, metricsOf(name)];
    }),
  ];
  const widths = [0, 1, 2].map((at) => Math.max(...cells.map((row) => row[at]?.length ?? 0)));
  const rule = widths.map((width) => '-'.repeat(width));
  const [head = [], ...rows] = cells;
  return [head, rule, ...rows]
    .map((row) => `| ${row.map((text, at) => text.padEnd(widths[at] ?? 0)).join(' | ')} |\n`)
    .join('');
}

if (process.env['UPDATE_COUNTERS'] === '1') {
  const [before = '', rest = ''] = readFileSync(page, 'utf8').split(begin);
  const after = rest.slice(rest.indexOf(end));
  writeFileSync(page, before + begin + tableText() + after);
}

describe('the counters of a cell', () => {
  it('stand in docs/queries.md as the table has them', () => {
    expect(readFileSync(page, 'utf8')).toContain(begin + tableText() + end);
  });

  it('have a column and a metric of their own each', () => {
    const columns = counterNames.map((name) => counterOf(name).column);
    const metrics = counterNames.flatMap((name) => metricsOf(name).split(', ').filter(Boolean));
    expect(new Set(columns).size).toBe(columns.length);
    expect(new Set(metrics).size).toBe(metrics.length);
  });
});
