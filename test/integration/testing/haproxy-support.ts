import { readdirSync, readFileSync } from 'node:fs';
import type { TrackerProcess } from '../../../lab/stack/index.js';
import { HaproxyServer } from '../../../lab/stack/servers/haproxy.js';
import type { TrackerOptions } from '../../../lab/stack/types.js';
import type { ExtraServices } from './stack.js';

export interface BehindHaproxy {
  readonly haproxy: HaproxyServer;
  readonly trackers: readonly [TrackerProcess, TrackerProcess];
}

/** Two trackers on the shared stack's Kafka, and a HAProxy of their own. */
export async function trackersBehindHaproxy(
  { supervisor, services }: ExtraServices,
  options: TrackerOptions = {},
): Promise<BehindHaproxy> {
  const [haproxy, one, two] = await Promise.all([
    HaproxyServer.start(supervisor),
    services.startTracker(options),
    services.startTracker(options),
  ]);
  await haproxy.add([one, two].map(({ process, ...ports }) => ({ ...ports, name: process.name })));
  return { haproxy, trackers: [one.process, two.process] };
}

/** HAProxy's workers, by the processes of this system whose parent is its master. */
export function workersOf(master: number): readonly { pid: number; residentBytes: number }[] {
  const workers: { pid: number; residentBytes: number }[] = [];
  for (const name of readdirSync('/proc').filter((entry) => /^\d+$/.test(entry))) {
    try {
      const status = readFileSync(`/proc/${name}/status`, 'utf8');
      if (Number(/^PPid:\s+(\d+)$/m.exec(status)?.[1]) !== master) continue;
      const kilobytes = Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0);
      workers.push({ pid: Number(name), residentBytes: kilobytes * 1_024 });
    } catch {
      // It ended meanwhile.
    }
  }
  return workers;
}
