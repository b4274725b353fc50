import { parseArgs } from 'node:util';
import { faultKinds } from './faults.js';
import { mutations } from './mutations.js';
import { catchMutation } from './catch-mutation.js';
import { simulationOptions } from './options.js';
import { profiles, type ProfileName } from './profiles.js';
import { run } from './run.js';
import { runMany } from './run-many.js';

/**
 * `main.js --seeds N [--from N]` runs N seeds on all cores; `--seed N` replays one, `--trace`
 * prints what happens in it; `--mutation NAME|all` shows that a broken rule is caught. Exits 1 if
 * anything differs.
 */
const { values } = parseArgs({ options: simulationOptions });

/** In so many seeds every kind of fault has to strike so often, or they show too little. */
const seedsOfEnough = 2_000;
const strikesMin = 200;

const say = (line: string): boolean => process.stdout.write(`${line}\n`);
const profile = profileNamed(values.profile);

if (values.seed !== undefined) await replay(Number(values.seed));
else if (values.mutation !== undefined) await showMutations(values.mutation);
else await runAll();

async function replay(seed: number): Promise<void> {
  const result = await run({
    seed,
    ...(profile === undefined ? {} : { profile }),
    ...(values.trace ? { print: (line: string) => void say(line) } : {}),
  });
  say(JSON.stringify(result, undefined, 2));
  process.exitCode = result.differences.length === 0 ? 0 : 1;
}

async function showMutations(name: string): Promise<void> {
  const wanted = mutations.filter((mutation) => name === 'all' || mutation.name === name);
  if (wanted.length === 0) {
    const names = mutations.map((mutation) => mutation.name).join(', ');
    process.stderr.write(`--mutation is one of: all, ${names}\n`);
    process.exitCode = 64;
  }
  for (const mutation of wanted) {
    const caught = await catchMutation(mutation);
    if (caught === undefined) process.exitCode = 1;
    say(
      caught === undefined
        ? `NOT CAUGHT in ${mutation.seedsMax} seeds: ${mutation.name}`
        : `caught after ${caught.seeds} seeds: ${mutation.name}: ${caught.difference}`,
    );
  }
}

async function runAll(): Promise<void> {
  const startedAtMs = performance.now();
  const seeds = Number(values.seeds);
  const withProfile = profile === undefined ? '' : ` --profile '${profile}'`;
  const summary = await runMany({
    firstSeed: Number(values.from),
    seeds,
    workers: Number(values.workers),
    profile,
    onDifferent: ({ seed, profile: kind, differences }) => {
      const again = `npm run test:simulation -- --seed ${seed}${withProfile}`;
      say(`seed ${seed} (${kind}) differs; again: ${again}`);
      for (const difference of differences) say(`  ${difference}`);
    },
  });
  say('how often each fault struck:');
  for (const kind of faultKinds) say(`  ${String(summary.faults[kind]).padStart(8)}  ${kind}`);
  const rare =
    seeds < seedsOfEnough || profile !== undefined
      ? []
      : faultKinds.filter((kind) => summary.faults[kind] < strikesMin);
  for (const kind of rare) say(`too rare, less than ${strikesMin} times: ${kind}`);
  const seconds = ((performance.now() - startedAtMs) / 1_000).toFixed(1);
  say(
    `${seeds} seeds, ${summary.minutes} simulated minutes (${summary.minutesMin} a seed at least), ` +
      `${summary.announces} announces, ${summary.acknowledged} acknowledged, ` +
      `${summary.resendingMin} sessions a seed that resend at least, ` +
      `${seconds} s: ${summary.different} differences`,
  );
  process.exitCode = summary.different === 0 && rare.length === 0 ? 0 : 1;
}

function profileNamed(name: string | undefined): ProfileName | undefined {
  if (name === undefined || isProfile(name)) return name;
  process.stderr.write(`--profile is one of: ${Object.keys(profiles).join(', ')}\n`);
  process.exit(64);
}

function isProfile(name: string): name is ProfileName {
  return name in profiles;
}
