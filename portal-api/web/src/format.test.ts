import { describe, expect, it } from '@jest/globals';
import {
  absent,
  bytes,
  bytesPerSecond,
  count,
  duration,
  milliseconds,
  percent,
  shortPercent,
} from './format.js';

describe('figures as text', () => {
  it.each([
    [0, '0 B'],
    [999, '999 B'],
    [1_000, '1 kB'],
    [1_549, '1.5 kB'],
    [999_499, '999 kB'],
    [999_500, '1 MB'],
    [123_456_789, '123 MB'],
    [2 ** 50, '1.1 PB'],
  ])('%d bytes are %s', (value, text) => {
    expect(bytes(value)).toBe(text);
  });

  it('are short shares with a digit behind the point only below 10%', () => {
    expect([1, 0.381, 0.0996, 0.0994, 0.001].map(shortPercent)).toEqual([
      '100%',
      '38%',
      '10%',
      '9.9%',
      '0.1%',
    ]);
  });

  it('tell what is not known from zero', () => {
    expect([count(null), percent(null), bytesPerSecond(null)]).toEqual([absent, absent, absent]);
    expect([count(0), percent(0), bytesPerSecond(0)]).toEqual(['0', '0%', '0 B/s']);
  });

  it.each([
    [40_000, '40 s'],
    [720_000, '12 min'],
    [7_200_000, '2 h'],
    [864_000_000, '10 days'],
  ])('%d ms are %s', (lengthMs, text) => {
    expect(duration(lengthMs)).toBe(text);
  });

  it.each([
    [840, '840 ms'],
    [2_440, '2.4 s'],
  ])('%d ms of waiting are %s', (value, text) => {
    expect(milliseconds(value)).toBe(text);
  });
});
