import type { CarbonPoint } from '../../graphite/index.js';
import { emptyLike, type AuditRow } from './cells.js';
import type { Difference } from './differences.js';
import type { Finding } from './examine.js';
import { groupBy } from '../../service/group-by.js';
import { isSum } from './points.js';

/** What makes one stream's minute right. */
export interface Repair {
  readonly stream: string;
  readonly minute: number;
  /**
   * Cells and facets to write, with a version above all that are there. One that shouldn't be
   * there: zeros.
   */
  readonly rows: readonly AuditRow[];
  readonly points: readonly CarbonPoint[];
  /**
   * What would get smaller: raw announces may have been lost, so this is done only when asked for.
   */
  readonly smaller: readonly Difference[];
}

/**
 * The repairs of all that a finding says is wrong, a stream's minute each: whole, so that nothing
 * counts twice in between.
 */
export function repairsOf(finding: Finding, intervalMs: number): Repair[] {
  const versions = new Map<string, number>();
  for (const row of finding.stored) {
    const key = minuteKey(row);
    versions.set(key, Math.max(versions.get(key) ?? 0, row.version));
  }
  const wrongCells = groupBy(finding.wrongCells, ({ differences }) => keyOfFirst(differences));
  const wrongPoints = groupBy(finding.wrongPoints, minuteKey);
  const repairs: Repair[] = [];
  for (const key of new Set([...wrongCells.keys(), ...wrongPoints.keys()])) {
    const cells = wrongCells.get(key) ?? [];
    const points = wrongPoints.get(key) ?? [];
    const differences = [...cells.flatMap((cell) => cell.differences), ...points];
    const [first] = differences;
    if (first === undefined) continue;
    const { stream, minute } = first;
    const version = (versions.get(key) ?? 0) + 1;
    repairs.push({
      stream,
      minute,
      rows: cells.flatMap(({ expected, found }) => {
        const row = expected ?? (found === undefined ? undefined : emptyLike(found, intervalMs));
        return row === undefined ? [] : [{ ...row, version }];
      }),
      points: points.map(({ counter, expected }) => ({
        metric: counter,
        value: expected,
        timeS: (minute * intervalMs) / 1_000,
      })),
      smaller: differences.filter(getsSmaller),
    });
  }
  return repairs.sort((left, right) => left.minute - right.minute);
}

function getsSmaller({ sink, counter, expected, found }: Difference): boolean {
  if (found === null || expected >= found) return false;
  return sink === 'graphite' ? isSum(counter) : counter !== 'time';
}

function minuteKey({
  stream,
  minute,
}: {
  readonly stream: string;
  readonly minute: number;
}): string {
  return `${stream}\0${minute}`;
}

function keyOfFirst(differences: readonly Difference[]): string {
  const [first] = differences;
  return first === undefined ? '' : minuteKey(first);
}
