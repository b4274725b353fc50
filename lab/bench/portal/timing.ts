/** Milliseconds of requests, sorted. */
export function sorted(times: readonly number[]): number[] {
  return [...times].sort((one, other) => one - other);
}

/** The value below which a share of sorted times is. */
export function percentileOf(times: readonly number[], share: number): number {
  return times[Math.min(times.length - 1, Math.ceil(share * times.length) - 1)] ?? NaN;
}

/** A line of the report, with its target if it has one. */
export function timesLine(what: string, times: readonly number[], targetMs?: number): string {
  const all = sorted(times);
  const figures = [0.5, 0.95, 1].map((share) => percentileOf(all, share).toFixed(0));
  const [half, most, longest] = figures;
  const target = targetMs === undefined ? '' : `, target p95 ≤ ${targetMs} ms`;
  return `${what.padEnd(34)} p50 ${half} ms, p95 ${most} ms, longest ${longest} ms (${times.length})${target}`;
}

export function isWithin(times: readonly number[], targetMs: number): boolean {
  return percentileOf(sorted(times), 0.95) <= targetMs;
}
