import { median, whole, type Verdict } from '../rollup/report.js';
import type { Comparison } from './compare.js';
import type { ServerName } from './load/plan.js';
import type { CaseName } from './options.js';
import type { LoadedServer } from './run-load.js';

const kilobyte = 1_024;
const offersPerAnnounce = 5;

/** Targets of each case. */
export const targets = {
  ofBittorrentWithOffersMin: 1.7,
  ofBittorrentMin: 1.35,
  publishedPerCpuSecondMin: 25_000,
  shareOfBareMin: 0.45,
  kilobytesPerSocketMax: 12,
  latencyAboveBareMsMax: 20,
} as const;

const names: Readonly<Record<ServerName, string>> = {
  tracker: 'this tracker',
  bittorrent: 'bittorrent-tracker',
  bare: 'bare ws',
};

/** Announces with all that belongs to them: what is in the log, or whose offers were answered. */
function wholeAnnounces(name: CaseName, { answered, acknowledged }: LoadedServer): number {
  if (name === 'b') return answered;
  return Math.min(answered, name === 'a' ? acknowledged / offersPerAnnounce : acknowledged);
}

const kilobytes = (run: LoadedServer): number => run.bytesPerSocket / kilobyte;
const p99 = (run: LoadedServer): number => run.answerMs.p99;

/** A line for each server: the median of its runs, and each of them. */
export function comparisonLines(name: CaseName, compared: Comparison): string[] {
  const line = (server: ServerName, runs: readonly LoadedServer[]): string => {
    const each = runs.map((run) => whole(perCpuSecond(name, run))).join(', ');
    return [
      `  ${names[server].padEnd(18)}`,
      whole(rateOf(name, runs)).padStart(9),
      `${median(runs.map(kilobytes)).toFixed(1)} KB`.padStart(9),
      `${median(runs.map(({ answerMs }) => answerMs.p50)).toFixed(1)} ms`.padStart(9),
      `${median(runs.map(p99)).toFixed(1)} ms`.padStart(9),
      `   ${each}`,
    ].join(' ');
  };
  return [
    `  ${''.padEnd(18)}  per CPU s RSS a soc       p50       p99   each run per CPU s`,
    ...Array.from(compared, ([server, runs]) => line(server, runs)),
  ];
}

function perCpuSecond(name: CaseName, run: LoadedServer): number {
  return wholeAnnounces(name, run) / run.cpuSeconds;
}

function rateOf(name: CaseName, runs: readonly LoadedServer[]): number {
  return median(runs.map((run) => perCpuSecond(name, run)));
}

/** What a case was to show. */
export function verdictsOf(name: CaseName, compared: Comparison): Verdict[] {
  const runsOf = (server: ServerName): readonly LoadedServer[] => compared.get(server) ?? [];
  const [tracker, bare] = [runsOf('tracker'), runsOf('bare')];
  const ours = rateOf(name, tracker);
  const atLeast = (what: string, measured: number, least: number): Verdict => ({
    what,
    target: `at least ${least < 100 ? least : whole(least)}`,
    measured: least < 100 ? measured.toFixed(2) : whole(measured),
    isMet: measured >= least,
  });
  const atMost = (what: string, measured: number, most: number, unit: string): Verdict => ({
    what,
    target: `at most ${most} ${unit}`,
    measured: `${measured.toFixed(1)} ${unit}`,
    isMet: measured <= most,
  });
  const ofBittorrent = (): number => ours / rateOf(name, runsOf('bittorrent'));
  const withOffers = 'of what bittorrent-tracker relays per CPU second';
  const without = 'of what bittorrent-tracker answers per CPU second';
  switch (name) {
    case 'a':
      return [atLeast(withOffers, ofBittorrent(), targets.ofBittorrentWithOffersMin)];
    case 'b':
      return [atLeast(without, ofBittorrent(), targets.ofBittorrentMin)];
    case 'c': {
      const what = 'announces published per CPU second at full load';
      return [atLeast(what, ours, targets.publishedPerCpuSecondMin)];
    }
    case 'd': {
      const share = ours / rateOf(name, bare);
      const laterMs = median(tracker.map(p99)) - median(bare.map(p99));
      return [
        atLeast('of what a bare ws server does per CPU second', share, targets.shareOfBareMin),
        atMost('p99 above that of a bare ws server', laterMs, targets.latencyAboveBareMsMax, 'ms'),
      ];
    }
    case 'memory': {
      const memory = median(tracker.map(kilobytes));
      const what = 'RSS a connection while it announces';
      return [atMost(what, memory, targets.kilobytesPerSocketMax, 'KB')];
    }
    case 'ordinary':
      return [];
  }
}

/** Runs in which anything was refused, put off or lost say nothing. */
export function failuresOf(compared: Comparison): string[] {
  return [...compared.values()].flat().flatMap(({ failed }) => failed);
}
