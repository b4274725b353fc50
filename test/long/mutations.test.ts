import { beforeAll, describe, expect, it } from '@jest/globals';
import { mutations } from '../../lab/simulation/mutations.js';
import { runProgram, type Ended } from '../../lab/simulation/testing/run-program.js';

describe('a rule that is broken is noticed', () => {
  let ended: Ended;

  // One process for all: a start takes longer than most of them.
  beforeAll(async () => {
    ended = await runProgram(['--mutation', 'all']);
  }, 1_800_000);

  it.each(mutations.map(({ name }) => name))('%s', (name) => {
    const told = ended.output.split('\n').filter((line) => line.includes(` seeds: ${name}`));
    expect(told).toEqual([expect.stringMatching(/^caught after \d+ seeds: /)]);
  });

  it('by each of them alone, and the program says so with its exit code', () => {
    expect(ended).toMatchObject({ exitCode: 0 });
  });
});
