import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { packageRoot } from '../service/package-root.js';
import { sourceMutations } from './testing/mutations/catalogue.js';
import { mutated } from './testing/mutations/source-mutation.js';

/** `npm run test:mutations` makes each and has its test fail. */
describe('the mutations of the source', () => {
  it('have a name each', () => {
    const names = sourceMutations.map(({ name }) => name);
    expect(names).toEqual([...new Set(names)]);
  });

  it('have one place each, as the source is now', () => {
    for (const mutation of sourceMutations) {
      const text = readFileSync(join(packageRoot(), mutation.file), 'utf8');
      expect(mutated(text, mutation)).not.toBe(text);
    }
  });
});
