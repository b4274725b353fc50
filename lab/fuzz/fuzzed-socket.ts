import { WebSocket } from 'ws';
import { closeCodes } from '../../protocol/index.js';
import type { Frame } from './bad-frame.js';
import type { Speech } from './speech.js';

const waitMsMax = 60_000;
const documented: ReadonlySet<number> = new Set(Object.values(closeCodes));

/** What came of what was said on a socket. */
export interface SocketOutcome {
  /** Frames of the tracker's. */
  readonly answers: readonly string[];
  /** Undefined where the socket lives, and its question was answered. */
  readonly closeCode: number | undefined;
  /** What should not have been: none. */
  readonly complaints: readonly string[];
}

/** Says all of it on a socket of its own, and then asks whether anybody is there. */
export async function sayOn(
  url: string,
  stream: string,
  speech: Speech,
  frames: readonly Frame[],
): Promise<SocketOutcome> {
  const socket = new WebSocket(`${url}/?stream=${stream}`, [...speech.subprotocols]);
  const answers: string[] = [];
  const ended = new Promise<number | undefined>((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('no answer and no close')), waitMsMax);
    const settle = (code: number | undefined): void => {
      clearTimeout(timer);
      resolve(code);
    };
    socket.on('message', (data: Buffer) => {
      const frame = data.toString();
      answers.push(frame);
      if (speech.isAnswered(frame)) settle(undefined);
    });
    socket.once('close', settle);
    socket.on('error', () => undefined);
  });
  await new Promise((resolve) => socket.once('open', resolve).once('close', resolve));
  for (const frame of [speech.greeting(stream), ...frames, speech.question()]) {
    const isTextBytes = typeof frame === 'object' && 'textBytes' in frame;
    if (isTextBytes) socket.send(frame.textBytes, { binary: false }, () => undefined);
    else socket.send(frame, () => undefined);
  }
  const closeCode = await ended;
  socket.terminate();
  return { answers, closeCode, complaints: complaintsOf(speech, answers, closeCode) };
}

function complaintsOf(
  speech: Speech,
  answers: readonly string[],
  closeCode: number | undefined,
): string[] {
  const wrong = answers.filter((frame) => !speech.isMessage(JSON.parse(frame)));
  return [
    ...wrong.map((frame) => `${speech.name}: no message of the protocol: ${frame.slice(0, 300)}`),
    ...(closeCode === undefined || documented.has(closeCode)
      ? []
      : [`${speech.name}: closed with ${closeCode}`]),
  ];
}
