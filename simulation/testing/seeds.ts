import { describe, expect, it } from '@jest/globals';
import { run } from '../run.js';

const timeoutMs = 600_000;
/** Fewer would show little. */
const acknowledgedLeast = 100;
const resendingLeast = 3;
const minutesLeast = 12;

/** Tests that the seeds from `first` to `last` end well. */
export function testSeeds(first: number, last: number): void {
  describe(`seeds ${first} to ${last}`, () => {
    it(
      'end with both sinks holding the count, and every rule kept on the way',
      async () => {
        const different: string[] = [];
        for (let seed = first; seed <= last; seed += 1) {
          const result = await run({ seed });
          const isEnough =
            result.acknowledged >= acknowledgedLeast &&
            result.resending >= resendingLeast &&
            result.minutes >= minutesLeast;
          if (!isEnough) different.push(`seed ${seed}: too little happened`);
          for (const difference of result.differences)
            different.push(`seed ${seed}: ${difference}`);
        }
        expect(different).toEqual([]);
      },
      timeoutMs,
    );
  });
}
