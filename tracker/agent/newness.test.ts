import { describe, expect, it } from '@jest/globals';
import { Newness } from './newness.js';

describe('a tracker is new', () => {
  const asked = (newness: Newness, asker: string, atMs: readonly number[]): boolean[] =>
    atMs.map((nowMs) => newness.isNewTo(asker, nowMs));

  it('for a while and for some questions of each proxy, and then no more', () => {
    const newness = new Newness(0);
    const everySecond = Array.from({ length: 15 }, (_, second) => second * 1_000);
    expect(asked(newness, 'a', everySecond)).toEqual(everySecond.map((nowMs) => nowMs < 10_000));
    const late = everySecond.map((nowMs) => nowMs + 3_600_000);
    expect(asked(newness, 'b', late).filter(Boolean)).toHaveLength(10);
  });

  it('no more where the clock was set back, however far', () => {
    const newness = new Newness(3_600_000);
    expect(asked(newness, 'a', Array(15).fill(0)).filter(Boolean)).toHaveLength(10);
  });

  it('again when it takes viewers again', () => {
    const newness = new Newness(0);
    asked(newness, 'a', Array(20).fill(60_000));
    expect(newness.isNewTo('a', 60_000)).toBe(false);
    newness.renew(70_000);
    expect(newness.isNewTo('a', 70_001)).toBe(true);
  });
});
