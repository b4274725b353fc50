import { connect } from 'node:net';
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

/** Writes points to carbon; `points`: by metric and minute's start. */
export async function writePoints(
  { plaintext }: { readonly plaintext: string },
  points: readonly (readonly [string, number, number])[],
): Promise<void> {
  const [host = '', port = ''] = plaintext.split(':');
  const lines = points.map(([name, value, timeMs]) => `${name} ${value} ${timeMs / 1_000}\n`);
  await new Promise<void>((resolve, reject) => {
    const socket = connect(Number(port), host, () => socket.end(lines.join('')));
    socket.on('error', reject);
    socket.on('close', () => resolve());
  });
}
