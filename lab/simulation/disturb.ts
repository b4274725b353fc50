import { strike } from './strikes.js';
import type { World } from './world.js';

/**
 * Lets disturbances strike until `endMs`; what lasts is over by then, or within a pause's length
 * after.
 */
export function disturbUntil(world: World, endMs: number): void {
  const { clock, faults } = world;
  clock.every(1_000, () => {
    for (const kind of faults.ofOneSecond()) {
      clock.after(world.random.below(1_000), () => {
        if (!faults.isOver && strike(world, kind, endMs)) faults.count(kind);
      });
    }
    return clock.nowMs < endMs;
  });
}

/** So many sessions send something again, whatever else happens. */
const resendingMin = 3;

/**
 * Cuts a few viewers' connections for longer than there is between two announces, between the two
 * times.
 */
export function letSomeResend(world: World, fromMs: number, untilMs: number): void {
  const { clock, random, viewers, faults } = world;
  for (const viewer of random.shuffled(viewers).slice(0, resendingMin)) {
    clock.at(random.between(fromMs, untilMs), () => {
      faults.count('viewer is disconnected');
      viewer.disconnect(15_000, 20_000);
    });
  }
}
