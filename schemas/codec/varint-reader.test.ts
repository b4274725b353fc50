import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { VarintReader } from './varint-reader.js';
import { VarintWriter } from './varint-writer.js';

/** Of every length. */
const whole = fc.integer({ min: 0, max: 52 }).chain((bits) => fc.nat(2 ** bits - 1));
const written = fc.array(whole).map((numbers) => {
  const writer = new VarintWriter();
  writer.wholes(numbers);
  return writer.written();
});

describe('VarintReader', () => {
  it('reads many numbers as it reads them one by one, whatever the bytes are', () => {
    const bytes = fc.oneof(fc.uint8Array({ maxLength: 40 }), written);
    fc.assert(
      fc.property(bytes, fc.nat(20), (read, most) => {
        const [one, many] = [new VarintReader(), new VarintReader()];
        one.begin(read, 0);
        many.begin(read, 0);
        const expected: number[] = [];
        while (expected.length < most && one.position < read.length) expected.push(one.whole());
        const numbers: number[] = [];
        expect(many.wholes(numbers, most)).toBe(expected.length);
        expect(numbers).toEqual(expected);
        expect([many.position, many.isBroken]).toEqual([one.position, one.isBroken]);
      }),
      { numRuns: 500 },
    );
  });
});
