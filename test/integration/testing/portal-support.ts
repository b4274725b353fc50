import { setTimeout as delay } from 'node:timers/promises';

const waitMsMax = 120_000;
const stepMs = 200;

/** Looks again and again till there is something. */
export async function waitFor<Value>(look: () => Promise<Value | undefined>): Promise<Value> {
  const startedAtMs = performance.now();
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (performance.now() - startedAtMs > waitMsMax) throw new Error('waited in vain');
    await delay(stepMs);
  }
}
