import { describe, expect, it } from '@jest/globals';
import { run } from './run.js';
import { testSeeds } from './testing/seeds.js';

describe('the simulation', () => {
  it('does the same again with the same seed, to the last record', async () => {
    const first = await run({ seed: 7 });
    const second = await run({ seed: 7 });
    const other = await run({ seed: 8 });
    expect(second).toEqual(first);
    expect(other.traceHash).not.toBe(first.traceHash);
  }, 60_000);
});

testSeeds(1, 100);
