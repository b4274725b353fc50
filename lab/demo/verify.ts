import { compareUntilEqual, readLedgerFiles } from '../oracle/index.js';
import type { ViewersProcess } from '../viewers/index.js';
import { exitCode } from '../../service/errors.js';
import { clusterDefaults, type Stack } from '../stack/index.js';
import { figuresFromCells } from './figures.js';
import { writeJsonFile } from './json-file.js';
import type { DemoOptions } from './options.js';
import type { DemoOutput } from './output.js';
import {
  differenceLines,
  percentile,
  reportOf,
  type ChaosEvent,
  type MeasuredMinute,
} from './report.js';
import { byStream, streamKeys } from './streams.js';
import { graphitePrefix, settleMsMax, viewerSalt } from './system.js';

/** A demo that is under way. */
export interface DemoRun {
  readonly options: DemoOptions;
  readonly stack: Stack;
  readonly viewers: ViewersProcess;
  readonly output: DemoOutput;
  readonly signal: AbortSignal;
}

/**
 * Until a tracker that begins, or comes back after a kill, has heard of the others' viewers, and
 * they of its: some seconds, and as many again on a busy machine.
 */
const aloneToleranceMs = 15_000;
/** What the streams and the trackers of the demo are known to have. */
const grounds = {
  renditions: byStream(({ renditions }) => renditions),
  labels: byStream(({ options: { labels = {} } }) => labels),
  holdbacks: byStream(({ options: { policy } }) => policy?.holdbackPercent ?? 0),
  graphiteFacets: byStream(({ options: { graphiteFacets = [] } }) => graphiteFacets),
  isHomeTold: true,
  viewerSalt,
  aloneToleranceMs,
} as const;
const verifiedExit = { yes: exitCode.ok, no: 1 } as const;

/** Compares everything, writes the file, and says the exit code. */
export async function verify(
  run: DemoRun,
  measured: readonly MeasuredMinute[],
  chaos: readonly ChaosEvent[],
): Promise<number> {
  const { options, stack, viewers, output, signal } = run;
  output.say('the viewers stop and wait for their last acknowledgements');
  await viewers.stop();
  const ledger = await readLedgerFiles([viewers.ledgerFile]);
  const totals = ledger.totals();
  output.say(
    `the viewers sent ${totals.sent} announces: ${totals.acknowledged} acknowledged, ` +
      `${totals.refused} refused, ${totals.unknown} without an answer; ${totals.resent} resent`,
  );
  output.say('comparing the viewers’ record with ClickHouse and Graphite');
  let lastCount = 0;
  const intervalMs = options.intervalSeconds * 1_000;
  const comparison = await compareUntilEqual(
    {
      ledger,
      ...grounds,
      intervalMs,
      clickHouse: stack.clickhouse,
      graphiteUrl: stack.graphite.render,
      graphitePrefix,
      withTotal: true,
      partialPartitions: clusterDefaults.partialPartitions,
    },
    // The viewers' last minute has to end first.
    intervalMs + settleMsMax,
    signal,
    ({ count }) => {
      if (count !== lastCount) output.say(`${count} values to come: the last minute has to close`);
      lastCount = count;
    },
  );
  const { differences } = comparison;
  const ordered = measured.toSorted((a, b) => a.minute - b.minute);
  if (options.json !== undefined) {
    writeJsonFile(
      options.json,
      reportOf({
        measured: ordered,
        streamsOf: (minute) =>
          streamKeys.map((stream) => figuresFromCells(comparison.cells, stream, minute)),
        announces: totals,
        valuesCompared: comparison.values,
        differences,
        chaos,
      }),
    );
  }
  const delays = ordered.flatMap(({ delaysMs }) => [...delaysMs.values()]);
  output.show(
    `Graphite had a minute after ${percentile(delays, 0.5) ?? '-'} ms (median), ` +
      `${percentile(delays, 0.95) ?? '-'} ms (95 %)\n`,
  );
  if (differences.count === 0) {
    output.show(
      `verified: ${comparison.values} values of the viewers' record, ClickHouse and Graphite are equal\n`,
    );
    return verifiedExit.yes;
  }
  output.show(`${differenceLines(differences)}\n`);
  stack.keepLogs();
  return verifiedExit.no;
}
