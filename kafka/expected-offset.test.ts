import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { decideBatch } from './expected-offset.js';
import type { LogRecord } from './types.js';

function records(...offsets: number[]): LogRecord[] {
  return offsets.map((offset) => ({
    partition: 0,
    offset,
    logAppendTimeMs: 0,
    key: null,
    value: null,
  }));
}

describe('decideBatch', () => {
  it('takes a batch that goes on at the expected offset', () => {
    const batch = records(5, 6, 7);
    expect(decideBatch(5, batch)).toEqual({ kind: 'take', records: batch, nextOffset: 8 });
  });

  it('cuts off what was read before', () => {
    expect(decideBatch(6, records(4, 5, 6, 7))).toEqual({
      kind: 'take',
      records: records(6, 7),
      nextOffset: 8,
    });
  });

  it('finds a gap before the first record: a fetch position that jumped forward', () => {
    expect(decideBatch(5, records(8, 9))).toEqual({
      kind: 'gap',
      expectedOffset: 5,
      foundOffset: 8,
    });
  });

  it('finds a gap in the middle', () => {
    expect(decideBatch(5, records(5, 7))).toEqual({
      kind: 'gap',
      expectedOffset: 6,
      foundOffset: 7,
    });
  });

  it('calls a batch behind when all of it was read', () => {
    expect(decideBatch(5, records(3, 4))).toEqual({ kind: 'behind' });
  });

  it('never takes anything but the next offsets, each once', () => {
    fc.assert(
      fc.property(fc.nat(20), fc.array(fc.nat(30), { minLength: 1 }), (expected, offsets) => {
        const sorted = [...new Set(offsets)].sort((a, b) => a - b);
        const decision = decideBatch(expected, records(...sorted));
        if (decision.kind !== 'take') return true;
        return decision.records.every((record, index) => record.offset === expected + index);
      }),
    );
  });
});
