import { describe, expect, it } from '@jest/globals';
import { isLive, parseRange, rangeFields, spanOf } from './range.js';

const query = (fields: object): URLSearchParams =>
  new URLSearchParams(Object.entries(fields).map(([name, value]) => [name, String(value)]));

describe('the range of a page', () => {
  it.each([
    { kind: 'last', name: '30d' },
    { kind: 'span', fromMs: 1_000, untilMs: 2_000 },
  ] as const)('comes back from the address as it was: %j', (range) => {
    expect(parseRange(query(rangeFields(range)))).toEqual(range);
  });

  it.each([{}, { range: '9y' }, { from: 2, until: 1 }, { from: -1, until: 5 }, { from: 'x' }])(
    'is the last hour where the address says %j',
    (fields) => {
      expect(parseRange(query(fields))).toEqual({ kind: 'last', name: '1h' });
    },
  );

  it('moves with the time, unless it is a span', () => {
    const now = 10_000_000;
    expect(spanOf({ kind: 'last', name: '15m' }, now)).toEqual({ fromMs: 9_100_000, untilMs: now });
    const span = { kind: 'span', fromMs: 1, untilMs: now } as const;
    expect(spanOf(span, now + 5)).toEqual({ fromMs: 1, untilMs: now });
    expect([isLive(span, now - 1), isLive(span, now)]).toEqual([true, false]);
  });
});
