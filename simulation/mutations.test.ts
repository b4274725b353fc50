import { describe, expect, it } from '@jest/globals';
import { catchMutation } from './catch-mutation.js';
import { mutations } from './mutations.js';

const timeoutMs = 180_000;

describe('a rule that is broken is noticed', () => {
  it.each(mutations.map((mutation) => [mutation.name, mutation] as const))(
    '%s',
    async (_name, mutation) => {
      expect(await catchMutation(mutation)).toBeDefined();
    },
    timeoutMs,
  );
});
