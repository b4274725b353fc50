import { describe, expect, it } from '@jest/globals';
import { Pauses } from './pauses.js';

describe('Pauses', () => {
  it('pass by themselves', async () => {
    await expect(new Pauses().pause(1)).resolves.toBe(true);
  });

  it('end when told to, and those that would begin afterwards too', async () => {
    const pauses = new Pauses();
    const long = [pauses.pause(60_000), pauses.pause(60_000)];
    pauses.endAll();
    await expect(Promise.all(long)).resolves.toEqual([false, false]);
    await expect(pauses.pause(60_000)).resolves.toBe(false);
  });
});
