import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ReusedMemory } from './reused-memory.js';

const piece = 100_000;

describe('memory that is used again', () => {
  it('is what was given back, for as much or less, not for much less', () => {
    const memory = new ReusedMemory(10 * piece);
    const { buffer } = memory.take(2 * piece);
    memory.giveBack(buffer);
    expect(memory.take(piece - 1).buffer).not.toBe(buffer);
    expect(memory.take(2 * piece + 1).buffer).not.toBe(buffer);
    const again = memory.take(piece);
    expect(again.buffer).toBe(buffer);
    expect(again.length).toBe(piece);
    expect(memory.take(piece).buffer).not.toBe(buffer);
  });

  it('is kept up to a bound', () => {
    const memory = new ReusedMemory(2 * piece);
    const taken = [1, 2, 3].map(() => memory.take(piece));
    for (const { buffer } of taken) memory.giveBack(buffer);
    expect(memory.freeBytes).toBe(2 * piece);
    memory.take(piece);
    expect(memory.freeBytes).toBe(piece);
  });

  it('makes room for the sizes that are needed now', () => {
    const memory = new ReusedMemory(3 * piece);
    const giveBackTwo = (length: number): ArrayBufferLike[] => {
      const taken = [1, 2].map(() => memory.take(length).buffer);
      for (const buffer of taken) memory.giveBack(buffer);
      return taken;
    };
    giveBackTwo(piece);
    const larger = giveBackTwo(piece + 1_000);
    memory.giveBack(memory.take(4 * piece).buffer);
    expect(larger).toContain(memory.take(piece + 1_000).buffer);
    expect(larger).toContain(memory.take(piece + 1_000).buffer);
  });

  it('is given back once, and only by who was lent it', () => {
    const memory = new ReusedMemory(10 * piece);
    const { buffer } = memory.take(piece);
    memory.giveBack(buffer);
    memory.giveBack(buffer);
    memory.giveBack(new ReusedMemory(piece).take(piece).buffer);
    memory.giveBack(Buffer.alloc(piece).buffer);
    memory.giveBack(memory.take(100).buffer);
    expect(memory.freeBytes).toBe(piece);
  });

  it('is never two pieces’ at a time', () => {
    const length = fc.integer({ min: 60_000, max: 200_000 });
    const steps = fc.array(fc.oneof(length, fc.constant('give back' as const)), { maxLength: 40 });
    fc.assert(
      fc.property(steps, (taken) => {
        const memory = new ReusedMemory(400_000);
        const lent: { bytes: Buffer; fill: number }[] = [];
        for (const [index, step] of taken.entries()) {
          if (step === 'give back') {
            const first = lent.shift();
            if (first !== undefined) memory.giveBack(first.bytes.buffer);
          } else lent.push({ bytes: memory.take(step).fill(index), fill: index });
          expect(memory.freeBytes).toBeLessThanOrEqual(400_000);
        }
        for (const { bytes, fill } of lent) {
          expect(bytes.equals(Buffer.alloc(bytes.length, fill))).toBe(true);
        }
      }),
      { numRuns: 50 },
    );
  });
});
