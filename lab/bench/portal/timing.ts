import { verdictLine } from '../rollup/report.js';

/** How long some requests or page loads took, and what 95 of 100 must not pass. */
export interface Timed {
  readonly what: string;
  readonly times: readonly number[];
  /** None: told beside the others. */
  readonly targetMs?: number;
}

/** The value below which a share of all times is. */
function percentileOf(times: readonly number[], share: number): number {
  const sorted = times.toSorted((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? NaN;
}

/** A line of the report: met or not where there is a target, half, 95 of 100, and the longest. */
export function timesLine(timed: Timed): string {
  const { what, times, targetMs } = timed;
  const [half, most, longest] = [0.5, 0.95, 1].map((share) =>
    percentileOf(times, share).toFixed(0),
  );
  const measured = `p50 ${half} ms, p95 ${most} ms, longest ${longest} ms, of ${times.length}`;
  if (targetMs === undefined) return `           ${what}: ${measured}`;
  return verdictLine({ what, target: `p95 ≤ ${targetMs} ms`, measured, isMet: isMet(timed) });
}

/** True: 95 of 100 are within the target, or there is none. */
export function isMet({ times, targetMs = Infinity }: Timed): boolean {
  return percentileOf(times, 0.95) <= targetMs;
}
