import { describe, expect, it } from '@jest/globals';
import { catchMutation } from './catch-mutation.js';
import { mutations } from './mutations.js';
import { run } from './run.js';

const timeoutMs = 120_000;

describe('a broken rule is caught by the simulation', () => {
  it.each(mutations.filter(({ isSlow }) => isSlow !== true).map(({ name }) => name))(
    '%s',
    async (name) => {
      const mutation = mutations.find((one) => one.name === name);
      expect(mutation).toBeDefined();
      if (mutation === undefined) return;
      expect(await catchMutation(mutation)).toBeDefined();
      // The rule is whole again.
      const { differences } = await run({ seed: 1, profile: mutation.profile });
      expect(differences).toEqual([]);
    },
    timeoutMs,
  );
});
