import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Stack } from '../../stack/index.js';

/** A server in a process of its own, whose time and memory are measured. */
export interface MeasuredServer {
  readonly kind: 'viblast' | 'bare';
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
    },
  });
  return {
    kind: 'viblast',
    pid: tracker.pid,
    port: Number(new URL(tracker.ws).port),
    stop: () => tracker.stop(),
  };
}

/** `ws` alone, answering with two frames of these sizes. */
export async function startBare(
  answerBytes: number,
  acknowledgedBytes: number,
): Promise<MeasuredServer> {
  const child = fork(
    join(import.meta.dirname, 'servers', 'bare.js'),
    [String(answerBytes), String(acknowledgedBytes)],
    { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] },
  );
  const [{ port }] = (await once(child, 'message')) as [{ readonly port: number }];
  return {
    kind: 'bare',
    pid: child.pid ?? 0,
    port,
    async stop() {
      const exited = once(child, 'exit');
      child.disconnect();
      await exited;
    },
  };
}
