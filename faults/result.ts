import Table from 'cli-table3';
import type { Difference } from '../bench/viewers/index.js';
import { loadMin, writtenAgainTargetMs } from './settings.js';

/** What one fault did to the system; times from the strike on, in ms. */
export interface FaultResult {
  readonly name: string;
  readonly what: string;
  readonly hasTarget: boolean;
  /** Sent just before the strike. */
  readonly announcesPerSecond: number;
  readonly acknowledged: number;
  readonly refused: number;
  /** Sent, never answered. */
  readonly unknown: number;
  readonly resent: number;
  /** Acknowledged from the strike until the minutes of the strike and of its end were written. */
  readonly announcesTaken: number;
  readonly minutesCompared: number;
  readonly valuesCompared: number;
  readonly differences: number;
  readonly firstDifferences: readonly Difference[];
  /** Until the minute of the strike was in both sinks; null when it wasn't in time to be seen. */
  readonly writtenAgainMs: number | null;
  readonly awayMs: number;
  /** From the end of the fault until the minute of that end was in both sinks. */
  readonly writtenAfterBackMs: number | null;
  readonly durationMs: number;
  /** Processes that ended though nobody struck them. */
  readonly died: readonly string[];
  readonly notes: readonly string[];
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

/** A broker that leads and coordinates may take longer; that is said, and no failure. */
function isSlow({ hasTarget, writtenAgainMs }: FaultResult): boolean {
  return hasTarget && (writtenAgainMs ?? 0) > writtenAgainTargetMs;
}

function remarks(outcome: Outcome): string {
  if ('reason' in outcome) return `${outcome.kind}: ${outcome.reason}`;
  const slow = isSlow(outcome) ? [`above ${writtenAgainTargetMs / 1_000} s`] : [];
  return [...failuresOf(outcome), ...slow, ...outcome.notes].join('; ');
}

/** One line as soon as the fault is through. */
export function outcomeLine(outcome: Outcome): string {
  const verdict = failuresOf(outcome).length === 0 ? 'ok' : 'FAILED';
  if ('reason' in outcome) return `${outcome.name}: ${remarks(outcome)}`;
  return (
    `${outcome.name}: ${verdict}; ${outcome.acknowledged} acknowledged, ` +
    `${outcome.minutesCompared} minutes, ${outcome.valuesCompared} values, ` +
    `${outcome.differences} differences; written again after ${seconds(outcome.writtenAgainMs)} s, ` +
    `${seconds(outcome.writtenAfterBackMs)} s after it was back; ` +
    `${seconds(outcome.durationMs)} s in all${remarks(outcome) === '' ? '' : `; ${remarks(outcome)}`}`
  );
}

const columns = [
  'fault',
  'announces/s',
  'acknowledged',
  'taken during it',
  'resent',
  'minutes',
  'differences',
  'away s',
  'written again s',
  's after back',
  'remarks',
];
const remarksWidth = 44;

/** Every fault, a row each. `written again`: from the strike until its minute was in both sinks. */
export function resultTable(outcomes: readonly Outcome[]): string {
  const table = new Table({
    head: columns,
    colAligns: columns.map((_, index) =>
      index === 0 || index === columns.length - 1 ? 'left' : 'right',
    ),
    colWidths: columns.map((_, index) => (index === columns.length - 1 ? remarksWidth : null)),
    wordWrap: true,
    style: { head: [], border: [] },
  });
  for (const outcome of outcomes) {
    if ('reason' in outcome) {
      table.push([outcome.name, ...columns.slice(2).map(() => ''), remarks(outcome)]);
      continue;
    }
    table.push([
      outcome.name,
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
  return table.toString();
}
