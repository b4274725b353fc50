import { describe, expect, it } from '@jest/globals';
import { TurnPause } from '../sockets/turn-pause.js';
import { TurnWrites } from '../sockets/turn-writes.js';
import { Load } from './load.js';

const turns = 50;
const pauseMs = 4;

/** Goes through turns with one socket each, which have little to do, and work on their way. */
async function goThroughTurns(pause: TurnPause, workMs: number): Promise<void> {
  const writes = new TurnWrites(pause);
  for (let turn = 0; turn < turns; turn += 1) {
    const untilMs = performance.now() + workMs;
    while (performance.now() < untilMs);
    await new Promise<void>((flush) => writes.add({ flush }));
  }
}

/** What two say after the same turns: one that is told of the pauses, and one that is not. */
async function loadsAfter(workMs: number): Promise<{ told: number; untold: number }> {
  let nowMs = 0;
  const pause = new TurnPause({ isCrowded: () => true, pauseMs });
  const common = { socketCount: () => 0, socketsMax: 10_000, now: () => nowMs };
  const told = new Load({ ...common, heldMs: () => pause.heldMs });
  const untold = new Load({ ...common, heldMs: () => 0 });
  await goThroughTurns(pause, workMs);
  nowMs += 1_000;
  return { told: told.value(), untold: untold.value() };
}

describe('the load of a tracker with many sockets', () => {
  it('is not what its pauses take', async () => {
    const { told, untold } = await loadsAfter(0);
    expect(untold).toBeGreaterThan(0.8);
    expect(told).toBeLessThan(untold / 2);
  });

  it('is what its work takes', async () => {
    const { told } = await loadsAfter(2 * pauseMs);
    expect(told).toBeGreaterThan(0.5);
  });

  it('is how many sockets it has, where they are the most of it', () => {
    const common = { heldMs: () => 0, now: () => 0 };
    const load = new Load({ ...common, socketCount: () => 6_000, socketsMax: 10_000 });
    expect(load.value()).toBe(0.6);
  });
});
