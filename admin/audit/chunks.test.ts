import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { chunkMax, chunksOf } from './chunks.js';

describe('the chunks of an audit', () => {
  it('hold every stream and minute once, and no more than their bounds', () => {
    const sizes = fc.array(fc.integer({ min: 0, max: 3 * chunkMax.announces }), { maxLength: 120 });
    fc.assert(
      fc.property(
        sizes,
        fc.nat(1_000),
        fc.integer({ min: 0, max: 100 }),
        (announces, from, more) => {
          const streams = announces.map((count, index) => ({
            stream: `s${index}`,
            announces: count,
          }));
          const span = { from, to: from + more };
          const chunks = chunksOf(streams, span);
          const seen = chunks.flatMap((chunk) =>
            chunk.streams.flatMap((stream) =>
              Array.from(
                { length: chunk.span.to - chunk.span.from + 1 },
                (_, index) => `${stream} ${chunk.span.from + index}`,
              ),
            ),
          );
          expect(seen).toHaveLength(streams.length * (more + 1));
          expect(new Set(seen).size).toBe(seen.length);
          for (const chunk of chunks)
            expect(chunk.streams.length).toBeLessThanOrEqual(chunkMax.streams);
        },
      ),
      { numRuns: 50 },
    );
  });
});
