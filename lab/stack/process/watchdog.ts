import { rmSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { isGroupAlive, signalGroup, startTicks } from './process-identity.js';

/**
 * A process of its own that outlives the stack's by moments: it reads on stdin which processes the
 * stack has started, and when stdin ends without `{"done":true}` (the stack was killed or crashed)
 * it ends them and removes the temporary folder.
 */

const gracefulMs = 4_000;
const started = new Map<number, string | undefined>();
const folders = new Set<string>();
let isDone = false;

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);

const lines = createInterface({ input: process.stdin });
lines.on('line', (line) => {
  const message = JSON.parse(line) as WatchdogMessage;
  if ('started' in message) started.set(message.started, startTicks(message.started));
  if ('ended' in message) started.delete(message.ended);
  if ('folder' in message) folders.add(message.folder);
  if ('done' in message) isDone = true;
});
lines.on('close', () => {
  if (!isDone) void endAll();
});

/** One line of the watchdog's stdin. */
export type WatchdogMessage =
  | { readonly started: number }
  | { readonly ended: number }
  | { readonly folder: string }
  | { readonly done: true };

async function endAll(): Promise<void> {
  const pids = [...started.keys()].filter((pid) => {
    const ticks = startTicks(pid);
    return ticks === undefined || ticks === started.get(pid);
  });
  for (const pid of pids) signalGroup(pid, 'SIGTERM');
  const deadline = Date.now() + gracefulMs;
  while (pids.some(isGroupAlive) && Date.now() < deadline) await delay(50);
  for (const pid of pids) signalGroup(pid, 'SIGKILL');
  for (const folder of folders) rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
}
