import { compareUntilEqual, readLedgerFiles, type Difference } from '../../oracle/index.js';
import { graphitePrefix } from '../../oracle/sink-probes.js';
import { clusterDefaults, type Stack } from '../../stack/index.js';
import type { LedgerTotals } from '../../viewers/index.js';

/** What the viewers' own record says, and where the sinks say something else. */
export interface Judged {
  readonly announces: LedgerTotals;
  readonly valuesCompared: number;
  readonly differences: number;
  readonly first: readonly Difference[];
  /** From an announce's first frame to its acknowledgement, in no order. */
  readonly acknowledgedMs: readonly number[];
  /** Viewers by minute, each counted once. */
  readonly viewersByMinute: ReadonlyMap<number, number>;
}

/** Minutes have to close, and sinks to be written, on a busy machine. */
const settleMsMax = 120_000;

/** Each ledger by itself, since all of them together are more than a process wants to hold. */
export async function judge(
  stack: Stack,
  ledgerFiles: readonly string[],
  intervalMs: number,
  say: (line: string) => void,
  signal: AbortSignal,
): Promise<Judged> {
  const totals = { sent: 0, acknowledged: 0, refused: 0, unknown: 0, resent: 0 };
  const acknowledgedMs: number[] = [];
  const viewersByMinute = new Map<number, number>();
  const first: Difference[] = [];
  let [valuesCompared, differences] = [0, 0];
  for (const file of ledgerFiles) {
    const ledger = await readLedgerFiles([file]);
    const ofFile = ledger.totals();
    for (const count of ['sent', 'acknowledged', 'refused', 'unknown', 'resent'] as const) {
      totals[count] += ofFile[count];
    }
    for (const { firstSentAtMs, acknowledgedAtMs } of ledger.announces.values()) {
      if (acknowledgedAtMs !== undefined) acknowledgedMs.push(acknowledgedAtMs - firstSentAtMs);
    }
    const comparison = await compareUntilEqual(
      {
        ledger,
        renditions: new Map(),
        intervalMs,
        clickHouse: stack.clickhouse,
        graphiteUrl: stack.graphite.render,
        graphitePrefix,
        withTotal: false,
        partialPartitions: clusterDefaults.partialPartitions,
      },
      intervalMs + settleMsMax,
      signal,
    );
    for (const { minute, viewers } of comparison.cells) {
      viewersByMinute.set(minute, (viewersByMinute.get(minute) ?? 0) + viewers);
    }
    valuesCompared += comparison.values;
    differences += comparison.differences.count;
    first.push(...comparison.differences.first);
    say(`${ofFile.sent} announces compared: ${comparison.differences.count} differences`);
  }
  return {
    announces: totals,
    valuesCompared,
    differences,
    first,
    acknowledgedMs,
    viewersByMinute,
  };
}
