import { setTimeout as wait } from 'node:timers/promises';
import { WebSocket } from 'ws';
import { speeches } from './speech.js';

const everyMs = 250;

/** How sockets fared that do nothing wrong. */
export interface BystanderOutcome {
  readonly answered: number;
  readonly slowestMs: number;
  /** What should not have been: none. */
  readonly complaints: readonly string[];
}

/** Sockets of each dialect that ask a question now and then, until they are ended. */
export async function watchBystanders(
  url: string,
  stream: string,
  signal: AbortSignal,
): Promise<BystanderOutcome> {
  const complaints: string[] = [];
  const answeredAfterMs: number[] = [];
  const watch = async (speech: (typeof speeches)[number]): Promise<void> => {
    const socket = new WebSocket(`${url}/?stream=${stream}`, [...speech.subprotocols]);
    let askedAtMs: number | undefined;
    socket.on('message', (data: Buffer) => {
      if (askedAtMs === undefined || !speech.isAnswered(data.toString())) return;
      answeredAfterMs.push(performance.now() - askedAtMs);
      askedAtMs = undefined;
    });
    socket.on('error', ({ message }) => complaints.push(`${speech.name}: ${message}`));
    socket.on('close', (code) => complaints.push(`${speech.name}: closed with ${code}`));
    await new Promise((resolve) => socket.once('open', resolve).once('close', resolve));
    socket.send(speech.greeting(stream));
    while (!signal.aborted) {
      if (askedAtMs === undefined) {
        askedAtMs = performance.now();
        socket.send(speech.question(), () => undefined);
      }
      await wait(everyMs, undefined, { signal }).catch(() => undefined);
    }
    socket.removeAllListeners('close');
    socket.terminate();
  };
  await Promise.all(speeches.map(watch));
  const slowestMs = answeredAfterMs.reduce((slowest, ms) => Math.max(slowest, ms), 0);
  return { answered: answeredAfterMs.length, slowestMs, complaints };
}
