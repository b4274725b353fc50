import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { FacetRuns } from './facet-runs.js';

describe('runs of facets', () => {
  it('stay what they were when others are added, and are the same as nothing else', () => {
    const run = fc.array(fc.nat(3), { maxLength: 4 });
    fc.assert(
      fc.property(fc.array(run, { maxLength: 200 }), run, (all, other) => {
        const runs = new FacetRuns();
        // What stands behind the values is another's.
        const words = (values: readonly number[]) => Int32Array.from([...values, 9]);
        const starts = all.map((values) => runs.add(words(values), values.length));
        for (const [index, start] of starts.entries()) {
          const values = all[index] ?? [];
          const read = Array.from({ length: runs.length(start) }, (_, at) => runs.row(start, at));
          expect(read).toEqual(values);
          const isSame = runs.isSame(start, words(other), other.length);
          expect(isSame).toBe(values.join() === other.join());
        }
      }),
    );
  });
});
