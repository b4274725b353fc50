import { minuteOf, topics } from '../schemas/index.js';
import { carbonDifferences, tableDifferences } from './compare.js';
import { disturbUntil } from './disturb.js';
import type { FaultCounts } from './faults.js';
import { unchangedParts, type SimulationParts } from './parts.js';
import { announceKey, cellsOf, countedIn, type Counted } from './plain-count.js';
import { profileOf, profiles, type ProfileName } from './profiles.js';
import { restartDifferences } from './restarts.js';
import { cluster } from './settings.js';
import { stage } from './stage.js';
import { Trace } from './trace.js';
import { World } from './world.js';

export interface RunOptions {
  readonly seed: number;
  /** The seed's own by default. */
  readonly profile?: ProfileName;
  /** What a mutation puts in place. */
  readonly parts?: Partial<SimulationParts>;
  readonly print?: (line: string) => void;
}

export interface RunResult {
  readonly seed: number;
  readonly profile: ProfileName;
  /** What was wrong; empty when all was right. */
  readonly differences: readonly string[];
  readonly faults: FaultCounts;
  readonly announces: number;
  readonly acknowledged: number;
  readonly minutes: number;
  readonly simulatedMs: number;
  readonly traceHash: string;
}

/** Faults strike for 12 minutes. */
const faultsMs = 12 * 60_000;
/** By then everything is final, written, taken and dropped: about 6 minutes after the last announce. */
const settledMsMax = 14 * 60_000;
const checkMs = 5_000;

/** One run: everything, faults included, follows from the seed. */
export async function run(options: RunOptions): Promise<RunResult> {
  const profile = options.profile ?? profileOf(options.seed);
  const trace = new Trace(options.print);
  const parts = { ...unchangedParts, ...options.parts };
  const world = new World({ seed: options.seed, profile: profiles[profile], parts, trace });
  const { clock, faults, viewers, invariants } = world;
  const beginMs = clock.nowMs;
  const endMs = beginMs + faultsMs;
  let lastMinute = Infinity;
  let isOver = false;
  disturbUntil(world, endMs);
  stage(world, profiles[profile], beginMs);
  clock.at(endMs, () => {
    faults.end();
    for (const viewer of viewers) viewer.stop();
    lastMinute = Math.max(...world.made.map(({ time }) => minuteOf(time, cluster.intervalMs)));
  });
  clock.every(checkMs, () => {
    isOver = world.isDoneWith(lastMinute) || clock.nowMs > endMs + settledMsMax;
    return !isOver;
  });
  await clock.run(() => isOver || invariants.violations.length > 0);
  const isCutShort = invariants.violations.length > 0;
  const differences = [...invariants.violations];
  if (!isCutShort) differences.push(...differencesAtEnd(world, lastMinute));
  return {
    seed: options.seed,
    profile,
    differences,
    faults: faults.counts,
    announces: world.made.length,
    acknowledged: world.acknowledged.size,
    minutes: minuteOf(clock.nowMs - beginMs, cluster.intervalMs),
    simulatedMs: clock.nowMs - beginMs,
    traceHash: trace.hash,
  };
}

function differencesAtEnd(world: World, lastMinute: number): string[] {
  const differences: string[] = [];
  if (!world.isDoneWith(lastMinute)) differences.push('does not come to an end');
  const counted: Counted[][] = [];
  for (let partition = 0; partition < cluster.partitions; partition += 1) {
    counted.push(countedIn(world.kafka.records(topics.announces, partition), cluster));
  }
  const count = cellsOf(counted.flat());
  return [
    ...differences,
    ...onceDifferences(world, counted.flat()),
    ...tableDifferences(world.table.rows(), count),
    ...carbonDifferences(world.carbon.points(), count),
    ...restartDifferences(world, counted),
  ];
}

/** An acknowledged announce is in the count of its minute, once; any other at most once. */
function onceDifferences(world: World, counted: readonly Counted[]): string[] {
  const differences: string[] = [];
  const minutes = new Map<string, number>();
  for (const { announce, minute } of counted) {
    const key = announceKey(announce);
    if (minutes.has(key)) differences.push(`once: ${key} counts for two minutes`);
    minutes.set(key, minute);
  }
  const madeFor = new Map(
    world.made.map((announce) => [
      announceKey(announce),
      minuteOf(announce.time, cluster.intervalMs),
    ]),
  );
  for (const announce of world.acknowledged) {
    const key = announceKey(announce);
    if (minutes.get(key) !== madeFor.get(key)) {
      differences.push(`once: ${key} is acknowledged and not in the count of its minute`);
    }
  }
  return differences;
}
