import type { RunResult } from './runs.js';
import { isMet, type Target } from './targets.js';

const columns: readonly {
  readonly name: string;
  readonly of: (result: RunResult) => string;
}[] = [
  { name: 'scenario', of: ({ scenario }) => scenario.name },
  { name: 'swarms', of: ({ scenario }) => `${scenario.streams} × ${scenario.viewersPerStream}` },
  { name: 'trackers', of: ({ scenario }) => String(scenario.trackers) },
  { name: 'choice', of: ({ choice }) => choice },
  { name: 'offload', of: ({ figures }) => figures.offload.toFixed(3) },
  { name: 'of ideal', of: ({ figures }) => (figures.offload / figures.ideal).toFixed(3) },
  {
    name: 'attempts that connect',
    of: ({ figures }) => (figures.connections / figures.attempts).toFixed(2),
  },
  {
    name: 'introductions a connection',
    of: ({ figures }) => (figures.introductions / figures.connections).toFixed(2),
  },
  { name: 'parts', of: ({ figures }) => String(figures.components) },
  {
    name: 'told in Kafka',
    of: ({ figures: { told, simulatedSeconds } }) =>
      told === undefined || told.records === 0
        ? ''
        : `${(told.records / simulatedSeconds).toFixed(1)}/s, ` +
          `${(told.bytes / simulatedSeconds / 1_000).toFixed(1)} kB/s`,
  },
  { name: 'µs CPU an announce', of: ({ figures }) => figures.microsecondsAnAnnounce.toFixed(1) },
];

/** The results as a table in Markdown. */
export function tableOf(results: readonly RunResult[]): string[] {
  const rows = [
    columns.map(({ name }) => name),
    ...results.map((result) => columns.map((column) => column.of(result))),
  ];
  const widths = columns.map((_, column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0)),
  );
  const lines = rows.map(
    (row) => `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`,
  );
  const rule = `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`;
  return [...lines.slice(0, 1), rule, ...lines.slice(1)];
}

export function targetLine(target: Target): string {
  const { name, min, value } = target;
  return `${isMet(target) ? 'reached' : 'MISSED '}  ${value.toFixed(3)} (at least ${min})  ${name}`;
}
