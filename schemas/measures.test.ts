import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  bucketOf,
  emptyHistogram,
  quantileOf,
  stallBoundsMs,
  startupBoundsMs,
} from './histograms.js';
import { isInTime, minuteEndMs, minuteOf } from './minutes.js';
import { derivedSession, parseSessionId, sessionBytes, sessionIdOf } from './session-id.js';

const bounds = fc.constantFrom(startupBoundsMs, stallBoundsMs);
const duration = fc.nat(90_000);

function histogramOf(values: readonly number[], of: readonly number[]): number[] {
  const histogram = emptyHistogram(of);
  for (const value of values) {
    const bucket = bucketOf(value, of);
    histogram[bucket] = (histogram[bucket] ?? 0) + 1;
  }
  return histogram;
}

describe('histograms', () => {
  it('put a value into the bucket whose bound it does not exceed', () => {
    expect(bucketOf(0, startupBoundsMs)).toBe(0);
    expect(bucketOf(50, startupBoundsMs)).toBe(0);
    expect(bucketOf(51, startupBoundsMs)).toBe(1);
    expect(bucketOf(60_001, startupBoundsMs)).toBe(startupBoundsMs.length);
    fc.assert(
      fc.property(duration, bounds, (value, of) => {
        const first = of.findIndex((bound) => value <= bound);
        expect(bucketOf(value, of)).toBe(first === -1 ? of.length : first);
      }),
    );
  });

  it('find a quantile in the bucket where it lies among the sorted values', () => {
    fc.assert(
      fc.property(
        fc.array(duration, { minLength: 1, maxLength: 200 }),
        fc.double({ min: 0.01, max: 1, noNaN: true }),
        bounds,
        (values, quantile, of) => {
          const sorted = values.toSorted((left, right) => left - right);
          const exact = sorted[Math.ceil(quantile * sorted.length) - 1] ?? 0;
          const found = quantileOf(histogramOf(values, of), of, quantile) ?? Number.NaN;
          const bucket = bucketOf(exact, of);
          const lower = of[bucket - 1] ?? 0;
          expect(found).toBeGreaterThanOrEqual(lower);
          expect(found).toBeLessThanOrEqual(of[bucket] ?? lower);
        },
      ),
    );
  });

  it('never find a lower value for a higher quantile', () => {
    fc.assert(
      fc.property(fc.array(duration, { minLength: 1 }), bounds, (values, of) => {
        const histogram = histogramOf(values, of);
        const found = [0, 0.1, 0.25, 0.5, 0.75, 0.95, 1].map((q) => quantileOf(histogram, of, q));
        expect(found).toEqual(found.toSorted((left, right) => (left ?? 0) - (right ?? 0)));
      }),
    );
  });

  it('have no quantile of nothing', () => {
    expect(quantileOf(emptyHistogram(stallBoundsMs), stallBoundsMs, 0.5)).toBeUndefined();
  });
});

describe('session ids', () => {
  it('come back from their bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 16, maxLength: 16 }), (array) => {
        const bytes = Buffer.from(array);
        const session = sessionIdOf(bytes);
        expect(session).toHaveLength(22);
        expect(parseSessionId(session)).toBe(session);
        expect(sessionBytes(session)).toEqual(bytes);
      }),
    );
  });

  it('are taken in one form only: 22 characters of base64url whose unused bits are zero', () => {
    const last = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
    const accepted = Array.from(last).filter(
      (end) => parseSessionId('A'.repeat(21) + end) !== undefined,
    );
    expect(accepted).toEqual(['A', 'Q', 'g', 'w']);
    for (const text of [
      '',
      'A'.repeat(21),
      'A'.repeat(23),
      'A'.repeat(22) + '==',
      '+'.repeat(22),
    ]) {
      expect(parseSessionId(text)).toBeUndefined();
    }
    expect(parseSessionId('A'.repeat(22) + '\n')).toBeUndefined();
  });

  it('are none of those that trackers derive, which others could know', () => {
    const derived = derivedSession(Buffer.alloc(32, 7));
    expect(derived).toHaveLength(16);
    expect(derivedSession(Buffer.alloc(32, 8))).not.toEqual(derived);
    expect(parseSessionId(sessionIdOf(derived))).toBeUndefined();
  });

  it('have 16 bytes, nothing else', () => {
    expect(() => sessionIdOf(Buffer.alloc(15))).toThrow('16 bytes');
  });
});

describe('minutes', () => {
  const times = { intervalMs: 60_000, lateMs: 180_000, graceMs: 60_000 };

  it('hold each time once', () => {
    fc.assert(
      fc.property(fc.nat(2 ** 42), fc.constantFrom(5_000, 60_000), (timeMs, intervalMs) => {
        const minute = minuteOf(timeMs, intervalMs);
        expect(timeMs).toBeLessThan(minuteEndMs(minute, intervalMs));
        expect(timeMs).toBeGreaterThanOrEqual(minuteEndMs(minute - 1, intervalMs));
      }),
    );
  });

  it('take what is in time from a grace before their start to late after their end, both included', () => {
    const [startMs, endMs] = [600_000, 660_000];
    expect(isInTime(10, startMs - 60_001, times)).toBe(false);
    expect(isInTime(10, startMs - 60_000, times)).toBe(true);
    expect(isInTime(10, endMs + 180_000, times)).toBe(true);
    expect(isInTime(10, endMs + 180_001, times)).toBe(false);
  });
});
