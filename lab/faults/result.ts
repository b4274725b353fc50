import type { Difference } from '../oracle/index.js';
import { loadMin, writtenAgainTargetMs } from './settings.js';

/** What was seen while a fault struck; times from the strike on, in ms. */
export interface MeasuredFault {
  readonly name: string;
  readonly what: string;
  readonly hasTarget: boolean;
  /** Sent just before the strike. */
  readonly announcesPerSecond: number;
  /** Acknowledged from the strike until the minutes of the strike and of its end were written. */
  readonly announcesTaken: number;
  /** Until the minute of the strike was in both sinks; null when it wasn't in time to be seen. */
  readonly writtenAgainMs: number | null;
  readonly awayMs: number;
  /** From the end of the fault until the minute of that end was in both sinks. */
  readonly writtenAfterBackMs: number | null;
  /** From the strike until all were ready again and both minutes written. */
  readonly durationMs: number;
  /** Processes that ended though nobody struck them. */
  readonly died: readonly string[];
  readonly notes: readonly string[];
}

/** The same, with what the comparison of all its viewers' announces has shown. */
export interface FaultResult extends MeasuredFault {
  readonly acknowledged: number;
  readonly refused: number;
  /** Sent, never answered. */
  readonly unknown: number;
  readonly resent: number;
  readonly minutesCompared: number;
  readonly valuesCompared: number;
  readonly differences: number;
  readonly firstDifferences: readonly Difference[];
}

/** A fault that can't be tried on this machine, and why; or whose run broke off. */
export interface NoResult {
  readonly name: string;
  readonly what: string;
  readonly kind: 'skipped' | 'broken';
  readonly reason: string;
}

export type Outcome = FaultResult | NoResult;

/** Why a run doesn't pass; empty when it does. */
export function failuresOf(outcome: Outcome): readonly string[] {
  if ('reason' in outcome) return outcome.kind === 'broken' ? [outcome.reason] : [];
  const failures: string[] = [];
  if (outcome.differences > 0) failures.push(`${outcome.differences} differences`);
  if (outcome.announcesPerSecond < loadMin.announcesPerSecond) {
    failures.push(`only ${outcome.announcesPerSecond} announces/s`);
  }
  if (outcome.announcesTaken < loadMin.announcesTaken) {
    failures.push(`only ${outcome.announcesTaken} announces taken during it`);
  }
  if (outcome.writtenAgainMs === null || outcome.writtenAfterBackMs === null) {
    failures.push('the minute was not written');
  }
  return [...failures, ...outcome.died];
}

function seconds(durationMs: number | null): string {
  return durationMs === null ? '-' : (durationMs / 1_000).toFixed(1);
}

/** True: later than wanted. A broker that leads and coordinates may be: said, and no failure. */
function isSlow({ hasTarget, writtenAgainMs }: FaultResult): boolean {
  return hasTarget && (writtenAgainMs ?? 0) > writtenAgainTargetMs;
}

function remarks(outcome: Outcome): string {
  const failures = failuresOf(outcome);
  const failed = failures.length === 0 ? [] : [`FAILED: ${failures.join('; ')}`];
  if ('reason' in outcome) return failed[0] ?? `${outcome.kind}: ${outcome.reason}`;
  const slow = isSlow(outcome) ? [`above ${writtenAgainTargetMs / 1_000} s`] : [];
  return [...failed, ...slow, ...outcome.notes].join('; ');
}

/** The widest that is to be expected; a longer cell moves its row alone. */
const columns = [
  ['fault', 26],
  ['announces/s', 11],
  ['acknowledged', 12],
  ['taken during it', 15],
  ['resent', 6],
  ['minutes', 7],
  ['differences', 11],
  ['away s', 6],
  ['written again s', 15],
  ['s after back', 12],
  ['remarks', 7],
] as const;

function tableRow(cells: readonly string[]): string {
  const padded = columns.map(([, width], index) => {
    const [line = ''] = (cells[index] ?? '').split('\n');
    const cell = line.replaceAll('|', '/');
    const isText = index === 0 || index === columns.length - 1;
    return isText ? cell.padEnd(width) : cell.padStart(width);
  });
  return `| ${padded.join(' | ')} |`;
}

/** The head of a Markdown table, two lines. */
export function tableHead(): string {
  const rule = columns.map(([, width], index) =>
    index === 0 || index === columns.length - 1 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`,
  );
  return `${tableRow(columns.map(([title]) => title))}\n| ${rule.join(' | ')} |`;
}

/** A fault's row. `written again`: from the strike until its minute was in both sinks. */
export function outcomeRow(outcome: Outcome): string {
  const name = `\`${outcome.name}\``;
  if ('reason' in outcome) {
    return tableRow([name, ...columns.slice(2).map(() => ''), remarks(outcome)]);
  }
  return tableRow([
    name,
    String(outcome.announcesPerSecond),
    String(outcome.acknowledged),
    String(outcome.announcesTaken),
    String(outcome.resent),
    String(outcome.minutesCompared),
    String(outcome.differences),
    seconds(outcome.awayMs),
    seconds(outcome.writtenAgainMs),
    seconds(outcome.writtenAfterBackMs),
    remarks(outcome),
  ]);
}
