import type { Difference } from '../oracle/index.js';
import type { LedgerTotals } from '../viewers/index.js';
import { offloadOf, type StreamFigures } from './figures.js';

/** A minute that was measured, with how long after its end Graphite had each stream. */
export interface MeasuredMinute {
  readonly minute: number;
  readonly timeMs: number;
  readonly delaysMs: ReadonlyMap<string, number>;
}

export interface ReportInput {
  readonly measured: readonly MeasuredMinute[];
  readonly streamsOf: (minute: number) => readonly StreamFigures[];
  readonly announces: LedgerTotals;
  readonly valuesCompared: number;
  readonly differences: { readonly count: number; readonly first: readonly Difference[] };
  readonly chaos: readonly ChaosEvent[];
}

/** Something that was killed, and when it was ready again. */
export interface ChaosEvent {
  readonly process: string;
  readonly killedAt: string;
  readonly readyAgainAt: string;
}

/** The nearest-rank percentile; null of nothing. */
export function percentile(values: readonly number[], share: number): number | null {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? null;
}

/**
 * What `--json FILE` holds. Verified: nothing differs, and every measured minute came to Graphite.
 */
export function reportOf(input: ReportInput): object {
  const delays = input.measured.flatMap(({ delaysMs }) => [...delaysMs.values()]);
  return {
    verified: input.differences.count === 0,
    minutes: input.measured.map(({ minute, timeMs, delaysMs }) => ({
      minute,
      time: new Date(timeMs).toISOString(),
      streams: input.streamsOf(minute).map((figures) => ({
        ...figures,
        offload: offloadOf(figures),
        graphiteDelayMs: delaysMs.get(figures.stream) ?? null,
      })),
    })),
    graphiteDelayMs: { p50: percentile(delays, 0.5), p95: percentile(delays, 0.95) },
    announces: input.announces,
    valuesCompared: input.valuesCompared,
    differences: input.differences.count,
    firstDifferences: input.differences.first,
    ...(input.chaos.length === 0 ? {} : { chaos: input.chaos }),
  };
}

/** The first differences, a line each, for people. */
export function differenceLines(differences: {
  readonly count: number;
  readonly first: readonly Difference[];
}): string {
  const lines = differences.first.map(
    ({ where, what, expected, got }) => `  ${where}: ${what}: expected ${expected}, got ${got}`,
  );
  return [`${differences.count} values differ; the first:`, ...lines].join('\n');
}
