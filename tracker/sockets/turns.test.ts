import { describe, expect, it } from '@jest/globals';
import { Turns } from './turns.js';

const count = 30;

describe('Turns', () => {
  it('has as many in each turn as in any other, within one', () => {
    const turns = new Turns<number>(count);
    for (let item = 0; item < 1_000; item += 1) turns.add(item);
    const sizes = Array.from({ length: count }, () => turns.next().size);
    expect(Math.min(...sizes)).toBe(33);
    expect(Math.max(...sizes)).toBe(34);
  });

  it('comes back to each after a whole round, whoever comes and goes meanwhile', () => {
    const turns = new Turns<number>(count);
    for (let item = 0; item < 1_000; item += 1) turns.add(item);
    const turnsOf = new Map<number, number[]>();
    for (let turn = 0; turn < 3 * count; turn += 1) {
      for (const item of turns.next()) turnsOf.set(item, [...(turnsOf.get(item) ?? []), turn]);
      turns.delete(2 * turn);
      turns.add(1_000 + turn);
    }
    for (const itsTurns of turnsOf.values()) {
      for (const [place, turn] of itsTurns.slice(1).entries()) {
        expect(turn - (itsTurns[place] ?? 0)).toBe(count);
      }
    }
    expect(turnsOf.get(999)).toHaveLength(3);
    // Gone after the first turn.
    expect(turnsOf.get(0)).toHaveLength(1);
    expect(turnsOf.get(2)?.length ?? 0).toBeLessThanOrEqual(1);
  });
});
