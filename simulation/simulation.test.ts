import { describe, expect, it } from '@jest/globals';
import { run } from './run.js';

const seeds = 24;
const timeoutMs = 240_000;

describe('the simulation', () => {
  it('does the same again with the same seed, to the last record', async () => {
    const first = await run({ seed: 7 });
    const second = await run({ seed: 7 });
    const other = await run({ seed: 8 });
    expect(second).toEqual(first);
    expect(other.traceHash).not.toBe(first.traceHash);
  }, 60_000);

  it(
    'ends with both sinks holding the count, and every rule kept on the way, whatever the seed',
    async () => {
      const different: string[] = [];
      let acknowledged = 0;
      for (let seed = 1; seed <= seeds; seed += 1) {
        const result = await run({ seed });
        acknowledged += result.acknowledged;
        for (const difference of result.differences) different.push(`seed ${seed}: ${difference}`);
      }
      expect(different).toEqual([]);
      expect(acknowledged).toBeGreaterThan(seeds * 100);
    },
    timeoutMs,
  );
});
