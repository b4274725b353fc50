import { minuteOf } from '../../schemas/index.js';
import { disturbUntil, letSomeResend } from './disturb.js';
import { differencesAtEnd } from './end-of-run.js';
import type { FaultCounts } from './faults.js';
import { unchangedParts, type SimulationParts } from './parts.js';
import { profileOf, profiles, type Profile, type ProfileName } from './profiles.js';
import { stage } from './stages.js';
import { throwAtSteps } from './throws.js';
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
  /** Sessions that sent something again. */
  readonly resending: number;
  readonly minutes: number;
  readonly simulatedMs: number;
  readonly traceHash: string;
}

/** Faults strike for 12 minutes. */
const faultsMs = 12 * 60_000;
/**
 * By then everything is final, written, taken and dropped: about 6 minutes after the last announce.
 */
const settledMsMax = 14 * 60_000;
const checkMs = 5_000;
const minuteMs = 60_000;

/** One run: everything, faults included, follows from the seed. */
export async function run(options: RunOptions): Promise<RunResult> {
  let restore = (): void => undefined;
  try {
    return await runWorld(
      options,
      (world) => (restore = throwAtSteps(world.faults, world.unwritable)),
    );
  } finally {
    restore();
  }
}

async function runWorld(options: RunOptions, begin: (world: World) => void): Promise<RunResult> {
  const name = options.profile ?? profileOf(options.seed);
  const profile: Profile = profiles[name];
  const trace = new Trace(options.print);
  const parts = { ...unchangedParts, ...options.parts };
  const world = new World({ seed: options.seed, profile, parts, trace });
  const { clock, cluster, faults, viewers, invariants } = world;
  begin(world);
  const beginMs = clock.nowMs;
  const endMs = beginMs + faultsMs;
  let lastMinute = Infinity;
  let isOver = false;
  disturbUntil(world, endMs);
  // What is staged needs its peace.
  letSomeResend(
    world,
    beginMs + 15_000,
    beginMs + (profile.stage === undefined ? 600_000 : 20_000),
  );
  if (profile.stage !== undefined) stage(world, profile.stage, beginMs);
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
  if (!isCutShort)
    differences.push(...(await differencesAtEnd(world, minutesOfRun(world, lastMinute))));
  return {
    seed: options.seed,
    profile: name,
    differences,
    faults: faults.counts,
    announces: world.made.length,
    acknowledged: world.acknowledged.size,
    resending: viewers.filter((viewer) => viewer.hasResent).length,
    minutes: Math.floor((clock.nowMs - beginMs) / minuteMs),
    simulatedMs: clock.nowMs - beginMs,
    traceHash: trace.hash,
  };
}

/** From the first minute with an announce to the last one. */
function minutesOfRun({ made, cluster }: World, last: number): number[] {
  const first = Math.min(...made.map(({ time }) => minuteOf(time, cluster.intervalMs)));
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}
