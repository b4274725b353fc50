import { describe, expect, it } from '@jest/globals';
import { Attempts } from './attempts.js';

function attempts(keysMax = 100) {
  const clock = { nowMs: 0 };
  const now = (): number => clock.nowMs;
  return { clock, all: new Attempts({ failedMax: 3, windowMs: 1_000, keysMax, now }) };
}

const thrice = <Value>(look: () => Value): Value[] => [1, 2, 3].map(look);

describe('attempts', () => {
  it('that fail have their key wait till a while after the first', () => {
    const { clock, all } = attempts();
    expect(thrice(() => all.begin('a'))).toEqual([undefined, undefined, undefined]);
    clock.nowMs = 400;
    expect(all.begin('a')).toBe(600);
    expect(all.begin('b')).toBeUndefined();
    clock.nowMs = 1_000;
    expect(all.begin('a')).toBeUndefined();
  });

  it('have nobody wait for as long as the clock was set back', () => {
    const { clock, all } = attempts();
    clock.nowMs = 7_200_000;
    thrice(() => all.begin('a'));
    expect(all.begin('a')).toBe(1_000);
    clock.nowMs -= 3_600_000;
    expect(all.begin('a')).toBeUndefined();
  });

  it('count while they are under way, and not once they succeeded', () => {
    const { all } = attempts();
    thrice(() => all.begin('a'));
    expect(all.begin('a')).toBeDefined();
    all.succeeded('a');
    expect(all.begin('a')).toBeUndefined();
    expect(all.begin('a')).toBeDefined();
  });

  it('of more keys than are remembered push out those that began first', () => {
    const { all } = attempts(2);
    thrice(() => all.begin('a'));
    all.begin('b');
    expect(all.begin('a')).toBeDefined();
    all.begin('c');
    expect(all.begin('a')).toBeUndefined();
  });
});
