import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { Doorway } from './doorway.js';

describe('a doorway', () => {
  it('lets the next one in, in turn, when somebody is through', async () => {
    const doorway = new Doorway(2);
    const inside: number[] = [];
    const visitors = [1, 2, 3, 4].map(async (visitor) => {
      await doorway.enter();
      inside.push(visitor);
    });
    await setImmediate();
    expect(inside).toEqual([1, 2]);
    doorway.leave();
    await setImmediate();
    expect(inside).toEqual([1, 2, 3]);
    doorway.leave();
    doorway.leave();
    await Promise.all(visitors);
    expect(inside).toEqual([1, 2, 3, 4]);
    // One room is left behind them.
    await doorway.enter();
  });
});
