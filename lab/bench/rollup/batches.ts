import { DrainBench, partitions, type DrainBenchOptions, type PassFigures } from './drain-bench.js';
import { limitCpuSeconds, type LimitKind } from './limit.js';
import type { RollupBenchOptions } from './options.js';
import { passLine, rateLine, whole, type Verdict } from './report.js';
import type { WorkloadShape } from './workload.js';

const runMinutes = 10;
/** Announces per CPU second that a warm rollup process should do, by announces in a batch. */
const targets = [
  { batchMin: 128, target: 1_000_000, floor: 600_000 },
  { batchMin: 8, target: 450_000, floor: 450_000 },
];
/** What a million may cost two processes, of what it costs one. */
const sharedCostMax = 1.15;

export interface Measured {
  readonly verdicts: readonly Verdict[];
  readonly differences: number;
}

/** One size of batches on a fresh cluster: the limits, then 1 and more consumers, cold and warm. */
export async function measureBatches(
  batch: number,
  options: RollupBenchOptions,
  benchOptions: DrainBenchOptions,
): Promise<Measured> {
  const { print } = benchOptions;
  const { announces, sessions, facets } = options;
  const minutes = runMinutes;
  const shape: WorkloadShape = { announces, sessions, minutes, streams: 'one hot', facets };
  const bench = await DrainBench.open(benchOptions);
  try {
    const first = await bench.make(shape, batch);
    await bench.append(first);
    print(
      `\nbatches of ${batch}: ${whole(announces)} announces of ${whole(sessions)} sessions, ` +
        `${whole(first.records)} records, ${whole(first.recordBytes)} bytes, ${partitions} partitions`,
    );
    for (const kind of ['fetch alone', 'fetch + plain avsc decode'] satisfies LimitKind[]) {
      for (const pass of ['cold', 'warm']) {
        const group = `limit ${kind} ${pass}`;
        const cpuSeconds = await limitCpuSeconds(bench.kafka, kind, group, first.records);
        print(rateLine(`${kind}, ${pass}`, announces, cpuSeconds));
      }
    }
    const cold = await bench.drainCold(first);
    print(passLine('1 consumer, cold, its start included', cold));
    let differences = cold.differences;
    const warm: PassFigures[] = [];
    for (let consumers = 1; consumers <= options.consumers; consumers += 1) {
      if (consumers > 1) await bench.addConsumer();
      // The one that has just come becomes as warm as the first was, in both stages: it gets a
      // pass's share of each.
      for (let share = 1; consumers > 1 && share <= consumers; share += 1) {
        const warming = await bench.drainWarm(await bench.make(shape, batch));
        print(passLine(`${consumers} consumers, one of them becoming warm`, warming));
        differences += warming.differences;
      }
      const figures = await bench.drainWarm(await bench.make(shape, batch));
      print(passLine(`${consumers} consumer${consumers > 1 ? 's' : ''}, warm`, figures));
      differences += figures.differences;
      warm.push(figures);
    }
    return { verdicts: verdicts(batch, warm), differences };
  } finally {
    await bench.close();
  }
}

function verdicts(batch: number, warm: readonly PassFigures[]): Verdict[] {
  const found: Verdict[] = [];
  const [one, two] = warm;
  const wanted = targets.find(({ batchMin }) => batch >= batchMin);
  if (one !== undefined && wanted !== undefined) {
    const rate = one.announces / one.cpuSeconds;
    const floor =
      wanted.floor < wanted.target
        ? `, floor ${whole(wanted.floor)}${rate >= wanted.floor ? ': met' : ''}`
        : '';
    found.push({
      what: `batches of ${batch}, 1 consumer, warm, announces per CPU second`,
      target: `${whole(wanted.target)}${floor}`,
      measured: whole(rate),
      isMet: rate >= wanted.target,
    });
  }
  if (one !== undefined && two !== undefined) {
    const cost = two.cpuSeconds / two.announces / (one.cpuSeconds / one.announces);
    found.push({
      what: `batches of ${batch}, CPU per million, 2 consumers against 1, both warm`,
      target: `at most ${sharedCostMax}`,
      measured: cost.toFixed(2),
      isMet: cost <= sharedCostMax,
    });
  }
  return found;
}
