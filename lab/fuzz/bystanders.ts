import { setTimeout as wait } from 'node:timers/promises';
import { WebSocket } from 'ws';
import { speeches } from './speech.js';

const everyMs = 250;

/** How sockets fared that do nothing wrong. */
export interface BystanderOutcome {
  readonly answered: number;
  readonly slowestMs: number;
  /** What the tracker did, at most, between a question and its answer: milliseconds of CPU. */
  readonly slowestCpuMs: number;
  /** What should not have been: none. */
  readonly complaints: readonly string[];
}

/** Where they are; `cpuMs` tells how long the tracker has worked so far. */
export interface BystanderOptions {
  readonly url: string;
  readonly stream: string;
  readonly cpuMs: () => number;
  readonly signal: AbortSignal;
}

/** Sockets of each dialect that ask a question now and then, until they are ended. */
export async function watchBystanders({
  url,
  stream,
  cpuMs,
  signal,
}: BystanderOptions): Promise<BystanderOutcome> {
  const complaints: string[] = [];
  const answeredAfterMs: number[] = [];
  const answeredAfterCpuMs: number[] = [];
  const watch = async (speech: (typeof speeches)[number]): Promise<void> => {
    const socket = new WebSocket(`${url}/?stream=${stream}`, [...speech.subprotocols]);
    let asked: { readonly atMs: number; readonly atCpuMs: number } | undefined;
    socket.on('message', (data: Buffer) => {
      if (asked === undefined || !speech.isAnswered(data.toString())) return;
      answeredAfterMs.push(performance.now() - asked.atMs);
      answeredAfterCpuMs.push(cpuMs() - asked.atCpuMs);
      asked = undefined;
    });
    socket.on('error', ({ message }) => complaints.push(`${speech.name}: ${message}`));
    socket.on('close', (code) => complaints.push(`${speech.name}: closed with ${code}`));
    await new Promise((resolve) => socket.once('open', resolve).once('close', resolve));
    socket.send(speech.greeting(stream));
    while (!signal.aborted) {
      if (asked === undefined) {
        asked = { atMs: performance.now(), atCpuMs: cpuMs() };
        if (speech.presence !== undefined) socket.send(speech.presence, () => undefined);
        socket.send(speech.question(), () => undefined);
      }
      await wait(everyMs, undefined, { signal }).catch(() => undefined);
    }
    socket.removeAllListeners('close');
    socket.terminate();
  };
  await Promise.all(speeches.map(watch));
  return {
    answered: answeredAfterMs.length,
    slowestMs: largest(answeredAfterMs),
    slowestCpuMs: largest(answeredAfterCpuMs),
    complaints,
  };
}

function largest(values: readonly number[]): number {
  return values.reduce((most, value) => Math.max(most, value), 0);
}
