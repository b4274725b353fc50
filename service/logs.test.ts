import { describe, expect, it } from '@jest/globals';
import { RateLimitedLog } from './logs.js';

describe('a rate limited log', () => {
  it('lets a line through once an interval, with the number held back since', () => {
    let nowMs = 0;
    const log = new RateLimitedLog(() => nowMs, 1_000);
    const lines: string[] = [];
    const say = (key: string): void =>
      log.log(key, (heldBack) => lines.push(`${nowMs} ${key} ${heldBack}`));
    for (nowMs = 0; nowMs <= 2_000; nowMs += 250) say('a');
    expect(lines).toEqual(['0 a 0', '1000 a 3', '2000 a 3']);
    say('b');
    expect(lines.at(-1)).toBe('2250 b 0');
  });

  it('lets a line through when the clock was set back', () => {
    let nowMs = 3_600_000;
    const log = new RateLimitedLog(() => nowMs, 1_000);
    const heldBack: number[] = [];
    for (const atMs of [nowMs, nowMs + 1, 500, 501, 1_500]) {
      nowMs = atMs;
      log.log('a', (count) => heldBack.push(count));
    }
    expect(heldBack).toEqual([0, 1, 1]);
  });

  it('holds a bounded number of keys', () => {
    const log = new RateLimitedLog(() => 0, 1_000, 10);
    let count = 0;
    for (let index = 0; index < 25; index += 1) log.log(`k${index}`, () => (count += 1));
    expect(count).toBe(25);
    log.log('k24', () => (count += 1));
    expect(count).toBe(25);
    log.log('k0', () => (count += 1));
    expect(count).toBe(26);
  });
});
