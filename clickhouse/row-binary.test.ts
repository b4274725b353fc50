import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { RowBinaryWriter } from './row-binary.js';

describe('the RowBinary writer', () => {
  it('writes what the format says', () => {
    const writer = new RowBinaryWriter();
    writer.uint32(258);
    writer.int32(-1);
    writer.uint64(2 ** 36);
    writer.nullableUint32(null);
    writer.nullableUint32(7);
    writer.string('aé');
    expect(writer.take().toString('hex')).toBe(
      ['02010000', 'ffffffff', '0000000010000000', '01', '0007000000', '0361c3a9'].join(''),
    );
  });

  it('writes lengths of 128 and more as several bytes', () => {
    const writer = new RowBinaryWriter();
    writer.string('x'.repeat(300));
    expect(writer.take().subarray(0, 3)).toEqual(Buffer.from([0xac, 0x02, 0x78]));
  });

  it('is exact for whole numbers to 2^53', () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), (value) => {
        const writer = new RowBinaryWriter();
        writer.uint64(value);
        expect(writer.take().readBigUInt64LE()).toBe(BigInt(value));
      }),
    );
  });

  it('writes the length of an array', () => {
    const writer = new RowBinaryWriter(1);
    for (const length of [2, 300]) writer.lengthOf(length);
    expect(writer.take().toString('hex')).toBe('02ac02');
  });

  it('writes zeros, and puts numbers into them', () => {
    const writer = new RowBinaryWriter(1);
    for (let count = 0; count < 9; count += 1) writer.uint8(0xff);
    writer.take();
    writer.uint8(1);
    writer.zeros(9);
    writer.put(2, 8, 2 ** 52);
    expect(writer.take().toString('hex')).toBe('01000000000000001000');
    writer.zeros(8);
    writer.put(0, 1, 0xfe);
    writer.put(1, 2, 0xfffe);
    writer.put(3, 4, 0xffff_fffe);
    expect(writer.take().toString('hex')).toBe('fefefffeffffff00');
  });

  it('grows as needed, and what was taken stays as it was', () => {
    const writer = new RowBinaryWriter();
    const text = 'y'.repeat(1_000);
    for (let count = 0; count < 500; count += 1) writer.string(text);
    const taken = writer.take();
    writer.string('z'.repeat(100_000));
    expect(taken.length).toBe(500 * 1_002);
    expect(taken.includes('z')).toBe(false);
    expect(writer.take().length).toBe(100_003);
    expect(writer.length).toBe(0);
  });
});
