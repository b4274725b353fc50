import Table from 'cli-table3';
import { percentile } from '../../demo/report.js';
import type { Verified } from '../../hostile/verify.js';
import { machineLine } from '../ingest/machine.js';
import { megabytes, whole, type Verdict } from '../rollup/report.js';
import { awayShareMax } from './audiences.js';
import type { Judged } from './judge.js';
import type { GraphiteDelays } from './minutes.js';
import type { CapacityBenchOptions } from './options.js';
import type { PartFigures } from './parts.js';

/** All that was measured. */
export interface Measured {
  readonly options: CapacityBenchOptions;
  readonly joinSeconds: number;
  readonly connectedMin: number;
  readonly reconnects: number;
  readonly signals: number;
  readonly errors: Readonly<Record<string, number>>;
  readonly parts: readonly PartFigures[];
  readonly delays: GraphiteDelays;
  readonly judged: Judged;
  /** Of the span up to the last measured minute; undefined: nothing could be compared. */
  readonly verified: Verified | undefined;
}

const graphiteDelayMsMax = 5_000;

/** What the run has to show, and whether it did. */
export function verdictsOf(measured: Measured): readonly Verdict[] {
  const { options, connectedMin, judged, verified } = measured;
  const minutes = [...measured.delays.keys()];
  const delays = [...measured.delays.values()].map((delayMs) => delayMs ?? Infinity);
  const viewersMin = Math.round(options.viewers * (1 - awayShareMax));
  const { announces, differences, valuesCompared } = judged;
  return [
    {
      what: 'viewers connected at a time, at least',
      target: whole(viewersMin),
      measured: whole(connectedMin),
      isMet: connectedMin >= viewersMin,
    },
    {
      what: 'the slowest minute in Graphite after its end',
      target: `${graphiteDelayMsMax} ms`,
      measured: `${Math.max(...delays)} ms`,
      isMet: delays.every((delayMs) => delayMs <= graphiteDelayMsMax),
    },
    {
      what: "differences between the viewers' record and the sinks",
      target: '0',
      measured: `${differences} in ${whole(valuesCompared)} values and ${whole(announces.sent)} announces`,
      isMet: differences === 0,
    },
    {
      what: 'announces refused',
      target: '0',
      measured: whole(announces.refused),
      isMet: announces.refused === 0,
    },
    {
      what: 'vba-admin verify',
      target: 'equal',
      measured: verifiedText(verified),
      isMet: verified?.isEqual === true && minutes.every((minute) => minute <= verified.to),
    },
  ];
}

function verifiedText(verified: Verified | undefined): string {
  if (verified === undefined) return 'nothing was final in time';
  const { differenceCount, cells, points } = verified;
  return `${differenceCount} differences in ${whole(cells)} cells and ${whole(points)} points`;
}

/** So that a table can be pasted into a page as it is. */
const markdownBorders = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '|',
  middle: '|',
  right: '|',
  mid: '-',
  'left-mid': '|',
  'mid-mid': '|',
  'right-mid': '|',
};

/** What each part took, for people. */
export function partsTable(parts: readonly PartFigures[]): string {
  const table = new Table({
    head: [
      'part',
      'processes',
      'cores',
      'viewers a core',
      'CPU ms a join',
      'RSS MiB',
      'bytes a viewer',
    ],
    colAligns: ['left', 'right', 'right', 'right', 'right', 'right', 'right'],
    style: { head: [], border: [], compact: true },
    chars: markdownBorders,
  });
  for (const part of parts) {
    table.push([
      part.name,
      String(part.processes),
      part.cores.toFixed(3),
      whole(part.viewersPerCore),
      part.cpuMsPerJoin.toFixed(2),
      whole(megabytes(part.residentBytes)),
      whole(part.bytesPerViewer),
    ]);
  }
  return table.toString();
}

/** The figures beside the parts', a line each. */
export function figureLines(measured: Measured): readonly string[] {
  const { options, joinSeconds, judged, delays, signals, reconnects, errors } = measured;
  const { announces, acknowledgedMs, viewersByMinute } = judged;
  const acknowledged = (share: number): string =>
    whole(percentile(acknowledgedMs, share) ?? Number.NaN);
  const minutes = [...delays].map(([minute, delayMs]) => {
    const viewers = whole(viewersByMinute.get(minute) ?? 0);
    return `${viewers} viewers after ${delayMs ?? 'too many'} ms`;
  });
  return [
    `joined in ${joinSeconds.toFixed(0)} s, ${whole(options.viewers / joinSeconds)} a second`,
    `announces: ${whole(announces.sent)} sent, ${whole(announces.acknowledged)} acknowledged, ` +
      `${whole(announces.unknown)} without an answer, ${whole(announces.resent)} sent again`,
    `acknowledged after ${acknowledged(0.5)} ms (median), ${acknowledged(0.99)} ms (99 %), ` +
      `${acknowledged(1)} ms at the most`,
    `minutes in Graphite: ${minutes.join(', ')}`,
    `signals received: ${whole(signals)}; reconnects: ${whole(reconnects)}; errors: ${JSON.stringify(errors)}`,
  ];
}

/** What `--json FILE` holds. */
export function jsonOf(measured: Measured): object {
  const { delays, judged, options } = measured;
  const { acknowledgedMs, viewersByMinute, ...ofLedger } = judged;
  return {
    ...measured,
    machine: machineLine(),
    verdicts: verdictsOf(measured),
    delays: [...delays].map(([minute, delayMs]) => ({
      minute,
      time: new Date(minute * options.intervalSeconds * 1_000).toISOString(),
      viewers: viewersByMinute.get(minute) ?? 0,
      graphiteDelayMs: delayMs ?? null,
    })),
    judged: ofLedger,
    acknowledgedMs: {
      p50: percentile(acknowledgedMs, 0.5),
      p99: percentile(acknowledgedMs, 0.99),
      max: percentile(acknowledgedMs, 1),
    },
  };
}
