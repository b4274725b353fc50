import { describe, expect, it } from '@jest/globals';
import { Zone } from './zone.js';

const berlin = new Zone('Europe/Berlin');
const minuteMs = 60_000;

describe('times in a zone', () => {
  it('are those of the zone, with seconds where steps are short', () => {
    const timeMs = Date.UTC(2026, 6, 1, 10, 3, 5);
    expect(berlin.time(timeMs, minuteMs)).toBe('12:03');
    expect(berlin.time(timeMs, 5_000)).toBe('12:03:05');
    expect(berlin.dayAndTime(timeMs, minuteMs)).toBe('Jul 1, 12:03');
    expect(berlin.date(timeMs)).toBe(`Jul 1, ${new Date(timeMs).getUTCFullYear()}`);
    expect(new Zone('UTC').time(timeMs, minuteMs)).toBe('10:03');
  });

  it('have their offset in the hour that comes twice, and nowhere else', () => {
    const at = (hour: number, minute: number): string =>
      berlin.time(Date.UTC(2026, 9, 25, hour, minute), minuteMs);
    expect(at(0, 30)).toBe('02:30 UTC+02:00');
    expect(at(1, 30)).toBe('02:30 UTC+01:00');
    expect([at(0, 0), at(1, 59)]).toEqual(['02:00 UTC+02:00', '02:59 UTC+01:00']);
    expect([at(2, 0)]).toEqual(['03:00']);
    expect(berlin.time(Date.UTC(2026, 9, 24, 23, 59), minuteMs)).toBe('01:59');
  });

  it('have it in a range that the hour is in, begins in, or ends in', () => {
    const has = (from: number, until: number): boolean =>
      berlin.hasOffsets(Date.UTC(2026, 9, 25, from), Date.UTC(2026, 9, 25, until));
    expect([has(-3, 5), has(1, 5), has(-3, 1), has(0, 1)]).toEqual([true, true, true, true]);
    expect([has(-9, -1), has(2, 9)]).toEqual([false, false]);
  });

  it('have it too where clocks are set back by half an hour', () => {
    const lordHowe = new Zone('Australia/Lord_Howe');
    const at = (hour: number, minute: number): string =>
      lordHowe.time(Date.UTC(2026, 3, 4, hour, minute), minuteMs);
    expect([at(14, 45), at(15, 15)]).toEqual(['01:45 UTC+11:00', '01:45 UTC+10:30']);
    expect([at(14, 29), at(15, 30)]).toEqual(['01:29', '02:00']);
  });

  it.each(['Europe/Berlin', 'America/New_York', 'Asia/Kolkata', 'UTC'])(
    'come back from an input as they went into it, in %s',
    (name) => {
      const zone = new Zone(name);
      for (let hour = 0; hour < 365 * 24; hour += 7) {
        const timeMs = Date.UTC(2026, 0, 1, hour, 30);
        const again = zone.timesOfInput(zone.inputText(timeMs), 0);
        expect(again).toContain(timeMs);
      }
    },
  );

  it('are two of an input in the hour that comes twice, and one in any other', () => {
    const at = (hour: number, minute: number): number => Date.UTC(2026, 9, 25, hour, minute);
    const times = (text: string) => berlin.timesOfInput(`2026-10-25T${text}`, 0);
    expect(times('02:10')).toEqual([at(0, 10), at(1, 10)]);
    expect([times('01:59'), times('03:00')]).toEqual([[at(-1, 59)], [at(2, 0)]]);
  });

  it('are one of an input in the hour that never comes', () => {
    expect(berlin.timesOfInput('2026-03-29T02:30', 0)).toEqual([Date.UTC(2026, 2, 29, 1, 30)]);
  });

  it('are to the ms what an input was made from, also in the hour that comes twice', () => {
    for (const hour of [0, 1, 9]) {
      const shownMs = Date.UTC(2026, 9, 25, hour, 10, 23, 456);
      const times = berlin.timesOfInput(berlin.inputText(shownMs), shownMs);
      expect(times).toContain(shownMs);
      expect(times).toHaveLength(hour === 9 ? 1 : 2);
    }
  });

  it('are none where an input is empty', () => {
    expect(berlin.timesOfInput('', 0)).toEqual([]);
  });
});
