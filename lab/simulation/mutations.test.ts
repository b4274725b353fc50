import { describe, expect, it } from '@jest/globals';
import { mutations } from './mutations.js';
import { runProgram } from './testing/run-program.js';

describe('a rule that is broken is noticed', () => {
  it.each(mutations.map(({ name }) => name))(
    '%s',
    async (name) => {
      const { exitCode, output } = await runProgram(['--mutation', name]);
      expect({ exitCode, output }).toMatchObject({ exitCode: 0 });
      expect(output).toMatch(/^caught after \d+ seeds: /);
    },
    180_000,
  );
});
