import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { chunkMax, chunksOf, weightOf } from './chunks.js';

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
            // Every third one is more by what is stored than by what was announced.
            ...(index % 3 === 0
              ? { announces: 0, rows: Math.ceil(count / 20) }
              : { announces: count, rows: 0 }),
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
          const weights = new Map(streams.map((size) => [size.stream, weightOf(size)]));
          for (const chunk of chunks) {
            expect(chunk.streams.length).toBeLessThanOrEqual(chunkMax.streams);
            const minutes = chunk.span.to - chunk.span.from + 1;
            const weight = chunk.streams.reduce((sum, key) => sum + (weights.get(key) ?? 0), 0);
            const isLeast = minutes === 1 && chunk.streams.length === 1;
            const share = (weight * minutes) / (more + 1);
            if (!isLeast) expect(share).toBeLessThanOrEqual(chunkMax.announces);
          }
        },
      ),
      { numRuns: 50 },
    );
  });
});
