import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { cpuSecondsOf, startStack, wakeUpsOf, type Stack } from '../../lab/stack/index.js';

/** CPU time and not how long anything takes, so that a busy machine changes little. */
const measuredMs = 60_000;
const coreShareMax = 0.01;
const wakeUpsPerSecondMax = 200;
/** What follows a start, garbage and compiling what is seldom run, ends after some minutes. */
const roundsMax = 10;

interface Rest {
  /** Of one core: 0 to 1. */
  readonly coreShare: number;
  readonly wakeUpsPerSecond: number;
}

/** A stack of its own: three brokers, each with connections of its own, a stream, and nobody. */
describe('a system that nobody watches', () => {
  const stopping = new AbortController();
  let stack: Stack;

  beforeAll(async () => {
    const { signal } = stopping;
    const ofEach = { trackers: 1, rollups: 1, ingests: 1, portal: true };
    stack = await startStack({ ...ofEach, brokers: 3, streams: ['idle'], signal });
  }, 300_000);

  afterAll(async () => {
    stopping.abort();
    await stack.stop();
  }, 60_000);

  async function restOf(pid: number): Promise<Rest> {
    const [cpuSeconds, wakeUps, startedAtMs] = [
      cpuSecondsOf(pid),
      wakeUpsOf(pid),
      performance.now(),
    ];
    await wait(measuredMs);
    const seconds = (performance.now() - startedAtMs) / 1_000;
    return {
      coreShare: (cpuSecondsOf(pid) - cpuSeconds) / seconds,
      wakeUpsPerSecond: (wakeUpsOf(pid) - wakeUps) / seconds,
    };
  }

  const isAtRest = ({ coreShare, wakeUpsPerSecond }: Rest): boolean =>
    coreShare <= coreShareMax && wakeUpsPerSecond <= wakeUpsPerSecondMax;

  it('takes a hundredth of a core for each of its processes at most', async () => {
    const { trackers, rollups, ingests, portal } = stack;
    const processes = [...trackers, ...rollups, ...ingests, ...(portal ? [portal] : [])];
    const rests = await Promise.all(
      processes.map(async ({ name, pid }): Promise<Rest & { readonly name: string }> => {
        let rest = await restOf(pid);
        for (let round = 1; round < roundsMax && !isAtRest(rest); round += 1) {
          rest = await restOf(pid);
        }
        return { name, ...rest };
      }),
    );
    process.stderr.write(`${rests.map(toldOf).join('\n')}\n`);
    expect(rests).toHaveLength(4);
    expect(rests.filter((rest) => !isAtRest(rest))).toEqual([]);
  }, 1_000_000);
});

function toldOf({ name, coreShare, wakeUpsPerSecond }: Rest & { readonly name: string }): string {
  const share = `${(coreShare * 100).toFixed(2)} % of a core`;
  return `${name}: ${share}, ${wakeUpsPerSecond.toFixed(0)} wake-ups a second`;
}
