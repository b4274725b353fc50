import { setTimeout as wait } from 'node:timers/promises';
import {
  startStack,
  waitUntil,
  type ProgramOutput,
  type Prometheus,
  type Stack,
  type StackProcess,
} from '../stack/index.js';

/** What is killed, and the alerts that have to fire for it. */
interface Strike {
  readonly what: string;
  readonly processes: readonly StackProcess[];
  readonly alerts: readonly string[];
}

/** An alert has this long to fire, and to be over once what was killed runs again. */
const firesWithinMs = 180_000;
const viewers = 20;
const told = 'viblast_rollup_told_until_seconds{sink="graphite"}';

/**
 * Kills each role of a real stack under a few viewers, and asks a real Prometheus with the shipped
 * rules, which wait for seconds instead of minutes. True: every alert fired in time and ended.
 */
export async function runLive({ say, show }: ProgramOutput, signal: AbortSignal): Promise<boolean> {
  const stack = await startStack({
    trackers: 2,
    ingests: 1,
    portal: true,
    intervalSeconds: 5,
    lateSeconds: 15,
    graceSeconds: 5,
    takeoverSeconds: 10,
    progress: say,
    signal,
  });
  try {
    const partials = await stack.addRollup('partials');
    const totals = await stack.addRollup('totals');
    await stack.addViewers(viewers);
    const prometheus = await stack.addPrometheus();
    await untilQuiet(prometheus);
    let isGood = true;
    for (const strike of strikesOf(stack, partials, totals)) {
      signal.throwIfAborted();
      say(`killing ${strike.what}`);
      const { line, isRight } = await run(strike, prometheus);
      show(line);
      isGood &&= isRight;
    }
    return isGood;
  } finally {
    await stack.stop();
  }
}

function strikesOf(stack: Stack, partials: StackProcess, totals: StackProcess): readonly Strike[] {
  const { trackers, ingests, portal, haproxy, graphite, clickhouse, kafka } = stack;
  return [
    { what: 'the role partials', processes: [partials], alerts: ['NoPartials'] },
    { what: 'the role totals', processes: [totals], alerts: ['NoTotals', 'FiguresStand'] },
    {
      what: 'all rollups',
      processes: [partials, totals],
      alerts: ['NoPartials', 'NoTotals', 'FiguresStand', 'TargetDown'],
    },
    { what: 'all ingests', processes: ingests, alerts: ['NoIngest'] },
    { what: 'all trackers', processes: trackers, alerts: ['NoTracker', 'NoTrackerAtProxy'] },
    { what: 'the portal', processes: portal === undefined ? [] : [portal], alerts: ['NoPortal'] },
    { what: 'HAProxy', processes: [haproxy.process], alerts: ['NoProxy'] },
    { what: 'carbon', processes: [graphite.carbon], alerts: ['CarbonAway'] },
    { what: 'ClickHouse', processes: [clickhouse.process], alerts: ['ClickHouseAway'] },
    { what: 'Kafka', processes: kafka.processes, alerts: ['KafkaTakesNoAnnounces'] },
  ];
}

async function untilQuiet(prometheus: Prometheus): Promise<void> {
  const probe = async (): Promise<true | string> => {
    if (!(await prometheus.holds(told))) return 'no figures are told yet';
    const firing = await prometheus.firing();
    return firing.length === 0 ? true : firing.join(', ');
  };
  const outcome = await waitUntil(probe, firesWithinMs, 500);
  if (outcome.kind !== 'ready') throw new Error(`alerts of a healthy stack: ${outcome.reason}`);
}

async function run(
  { what, processes, alerts }: Strike,
  prometheus: Prometheus,
): Promise<{ readonly line: string; readonly isRight: boolean }> {
  const before = await prometheus.firing();
  const struckAtMs = Date.now();
  for (const each of processes) each.kill('SIGKILL');
  const fired = await waitUntil(async () => {
    const firing = await prometheus.firing();
    const missing = alerts.filter((name) => !firing.includes(name));
    return missing.length === 0 ? true : `${missing.join(', ')} did not fire`;
  }, firesWithinMs);
  const firedAfterMs = Date.now() - struckAtMs;
  await Promise.all(processes.map((each) => each.start()));
  const startedAtMs = Date.now();
  const over = await waitUntil(async () => {
    const still = (await prometheus.firing()).filter((name) => alerts.includes(name));
    return still.length === 0 ? true : `${still.join(', ')} did not end`;
  }, 2 * firesWithinMs);
  const early = alerts.filter((name) => before.includes(name));
  const problems = [
    ...early.map((name) => `${name} fired before`),
    ...[fired, over].flatMap((one) => (one.kind === 'ready' ? [] : [one.reason])),
  ];
  const seconds = (ms: number): string => `${(ms / 1_000).toFixed(0)} s`;
  const times = `fired after ${seconds(firedAfterMs)}, over ${seconds(Date.now() - startedAtMs)} after the start`;
  const outcome = problems.length === 0 ? times : problems.join('; ');
  // Whoever comes next begins on a stack that has settled.
  await wait(1_000);
  return { line: `${what}: ${alerts.join(', ')}: ${outcome}`, isRight: problems.length === 0 };
}
