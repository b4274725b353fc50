import { describe, expect, it } from '@jest/globals';
import { minuteOfText, timeOfMinute } from './asked-time.js';

describe('a time on the command line', () => {
  it.each([
    ['2026-05-01T20:00:30Z', 60_000, Date.UTC(2026, 4, 1, 20) / 60_000],
    ['2026-05-01T20:00:30.999+02:00', 60_000, Date.UTC(2026, 4, 1, 18) / 60_000],
    ['2026-05-01T20:00', 60_000, Date.UTC(2026, 4, 1, 20) / 60_000],
    ['2026-05-01', 60_000, Date.UTC(2026, 4, 1) / 60_000],
    [String(Date.UTC(2026, 4, 1, 20, 0, 9)), 5_000, Date.UTC(2026, 4, 1, 20) / 5_000 + 1],
    ['29627280', 60_000, 29_627_280],
    ['0', 60_000, 0],
  ])('%s is a minute', (text, intervalMs, minute) => {
    expect(minuteOfText(text, intervalMs)).toBe(minute);
  });

  it.each([
    '',
    'yesterday',
    '-1',
    '1.5',
    '2026-13-45',
    '2026-02-30',
    '2026-05-01 junk',
    '2026-05-01T20',
    '1969-12-31',
    '9'.repeat(16),
  ])('is not taken for one: "%s"', (text) => expect(minuteOfText(text, 60_000)).toBeUndefined());

  it('is shown as the minute’s start', () => {
    expect(timeOfMinute(29_627_280, 60_000)).toBe('2026-05-01T12:00:00Z');
    expect(minuteOfText(timeOfMinute(355_527_361, 5_000), 5_000)).toBe(355_527_361);
  });
});
