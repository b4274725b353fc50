import { setTimeout as delay } from 'node:timers/promises';
import { cpuSecondsOf, residentBytesOf } from '../../stack/index.js';
import { LoadProcesses } from './load-processes.js';
import type { LoadFigures } from './load/plan.js';
import type { MeasuredServer } from './measured-servers.js';

export interface Load {
  readonly dialect: 'viblast' | 'webtorrent';
  readonly sockets: number;
  /** Of each announce, where the dialect has them. */
  readonly offers?: number;
  /** 0: as fast as answers come. */
  readonly intervalMs: number;
  readonly warmMs: number;
  readonly measuredMs: number;
}

export interface LoadedServer extends LoadFigures {
  readonly seconds: number;
  /** Of the server's process alone, all its threads. */
  readonly cpuSeconds: number;
  /** Resident bytes that each connection adds, while it announces. */
  readonly bytesPerSocket: number;
}

export const streams = ['arena-main', 'studio-2', 'cinema-9'];
const settleMs = 2_000;
const swarmSize = 100;

/** Connects the sockets, lets them announce until all is warm, and measures from there. */
export async function runLoad(
  server: MeasuredServer,
  { dialect, sockets, intervalMs, warmMs, measuredMs, offers = 0 }: Load,
  signal: AbortSignal,
): Promise<LoadedServer> {
  const before = residentBytesOf(server.pid).now;
  const { name, port } = server;
  const plan = { server: name, port, dialect, sockets, streams, intervalMs, offers, swarmSize };
  const load = await LoadProcesses.connect(plan);
  try {
    await delay(settleMs, undefined, { signal });
    load.announce();
    await delay(warmMs, undefined, { signal });
    const warm = await load.figures();
    const [cpuBefore, startedAtMs] = [cpuSecondsOf(server.pid), performance.now()];
    await delay(measuredMs, undefined, { signal });
    const cpuSeconds = cpuSecondsOf(server.pid) - cpuBefore;
    const seconds = (performance.now() - startedAtMs) / 1_000;
    const figures = await load.figures();
    const bytesPerSocket = (residentBytesOf(server.pid).now - before) / sockets;
    const failed = [...warm.failed, ...figures.failed];
    return { ...figures, failed, seconds, cpuSeconds, bytesPerSocket };
  } finally {
    await load.end();
  }
}
