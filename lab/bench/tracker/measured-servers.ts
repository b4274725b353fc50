import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Stack } from '../../stack/index.js';
import type { ServerName } from './load/plan.js';

/** A server in a process of its own, whose time and memory are measured. */
export interface MeasuredServer {
  readonly name: ServerName;
  readonly pid: number;
  readonly port: number;
  stop(): Promise<void>;
}

export interface TrackerOptions {
  readonly socketsMax: number;
  /** Where it leaves its CPU profile. */
  readonly profileFolder: string | undefined;
}

/** This tracker, on the stack's Kafka. */
export async function startTracker(
  stack: Stack,
  { socketsMax, profileFolder }: TrackerOptions,
): Promise<MeasuredServer> {
  const profile =
    profileFolder === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profileFolder}`];
  const tracker = await stack.addTracker({
    nodeArguments: profile,
    settings: {
      sockets_max: socketsMax,
      sockets_per_address_max: socketsMax,
      // At full load a socket announces as fast as it is answered.
      session_announces_max: 1_000,
      messages_per_second: 1_000,
      webtorrent_strangers: 'true',
    },
  });
  return {
    name: 'tracker',
    pid: tracker.pid,
    port: Number(new URL(tracker.ws).port),
    stop: () => tracker.stop(),
  };
}

/** `ws` alone, answering with two frames of these sizes. */
export function startBare(answerBytes: number, acknowledgedBytes: number): Promise<MeasuredServer> {
  return startServer('bare', 'bare.js', [String(answerBytes), String(acknowledgedBytes)]);
}

/** `ws` and JSON alone, relaying what WebTorrent clients say. */
export function startBareTorrent(): Promise<MeasuredServer> {
  return startServer('bare', 'bare-torrent.js');
}

/** The npm package bittorrent-tracker, which is to be installed. */
export function startBittorrent(): Promise<MeasuredServer> {
  return startServer('bittorrent', 'bittorrent.js');
}

async function startServer(
  name: ServerName,
  file: string,
  argv: readonly string[] = [],
): Promise<MeasuredServer> {
  const child = fork(join(import.meta.dirname, 'servers', file), argv, {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const exit = once(child, 'exit').then(() => {
    throw new Error(`${file} ended`);
  });
  exit.catch(() => undefined);
  const said = once(child, 'message') as Promise<[{ readonly port: number }]>;
  const [{ port }] = await Promise.race([said, exit]);
  return {
    name,
    pid: child.pid ?? 0,
    port,
    async stop() {
      const exited = once(child, 'exit');
      child.disconnect();
      await exited;
    },
  };
}
