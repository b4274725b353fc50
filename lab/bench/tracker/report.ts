import { median, whole, type Verdict } from '../rollup/report.js';
import type { Comparison } from './compare.js';
import type { CaseName } from './options.js';
import type { LoadedServer } from './run-load.js';

const kilobyte = 1_024;

/** Targets of each case. */
export const targets = {
  publishedPerCpuSecondMin: 25_000,
  shareOfBareMin: 0.45,
  kilobytesPerSocketMax: 12,
  latencyAboveBareMsMax: 20,
} as const;

const perCpuSecond = (run: LoadedServer): number =>
  Math.min(run.answered, run.acknowledged) / run.cpuSeconds;
const kilobytes = (run: LoadedServer): number => run.bytesPerSocket / kilobyte;
const p99 = (run: LoadedServer): number => run.answerMs.p99;

/** A line for each server: the median of its runs, and each of them. */
export function comparisonLines(compared: Comparison): string[] {
  const line = (name: string, runs: readonly LoadedServer[]): string => {
    const each = runs.map((run) => whole(perCpuSecond(run))).join(', ');
    return [
      `  ${name.padEnd(14)}`,
      whole(median(runs.map(perCpuSecond))).padStart(9),
      `${median(runs.map(kilobytes)).toFixed(1)} KB`.padStart(9),
      `${median(runs.map(({ answerMs }) => answerMs.p50)).toFixed(1)} ms`.padStart(9),
      `${median(runs.map(p99)).toFixed(1)} ms`.padStart(9),
      `   ${each}`,
    ].join(' ');
  };
  return [
    `  ${''.padEnd(14)}  per CPU s RSS a soc       p50       p99   each run per CPU s`,
    line('this tracker', compared.tracker),
    line('bare ws', compared.bare),
  ];
}

/** What a case was to show. */
export function verdictsOf(name: CaseName, { tracker, bare }: Comparison): Verdict[] {
  const ours = median(tracker.map(perCpuSecond));
  const share = ours / median(bare.map(perCpuSecond));
  const memory = median(tracker.map(kilobytes));
  const latency = median(tracker.map(p99)) - median(bare.map(p99));
  switch (name) {
    case 'c':
      return [
        {
          what: 'announces published per CPU second at full load',
          target: `at least ${whole(targets.publishedPerCpuSecondMin)}`,
          measured: whole(ours),
          isMet: ours >= targets.publishedPerCpuSecondMin,
        },
      ];
    case 'd':
      return [
        {
          what: 'of what a bare ws server does per CPU second',
          target: `at least ${targets.shareOfBareMin}`,
          measured: share.toFixed(2),
          isMet: share >= targets.shareOfBareMin,
        },
        {
          what: 'p99 above that of a bare ws server',
          target: `at most ${targets.latencyAboveBareMsMax} ms`,
          measured: `${latency.toFixed(1)} ms`,
          isMet: latency <= targets.latencyAboveBareMsMax,
        },
      ];
    case 'memory':
      return [
        {
          what: 'RSS a connection while it announces',
          target: `at most ${targets.kilobytesPerSocketMax} KB`,
          measured: `${memory.toFixed(1)} KB`,
          isMet: memory <= targets.kilobytesPerSocketMax,
        },
      ];
    case 'ordinary':
      return [];
  }
}

/** Runs in which anything was refused, put off or lost say nothing. */
export function failuresOf({ tracker, bare }: Comparison): string[] {
  return [...tracker, ...bare].flatMap(({ failed }) => failed);
}
