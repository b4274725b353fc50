import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';

/** What libuv reads at most in one go. */
const bytesMax = 65_536;

/** What was read last, of whichever socket: good until another one is read. */
export const readBytes = Buffer.allocUnsafeSlow(bytesMax);

/** How Node knows a socket that reads into a buffer of its user's (`onread` of `net.Socket`). */
interface Reading {
  readonly buffer: symbol;
  readonly callback: symbol;
}

/** The handle under a socket. */
interface Handle {
  readonly useUserBuffer?: (buffer: Buffer) => void;
}

/**
 * Has `onRead` called with how many bytes of `readBytes` the connection has just read. Node would
 * make a buffer for each read, of 64 KiB until it is known how much came, and hand it through a
 * stream: that took some 7 % of an announce. It takes `onread` for the sockets of
 * clients alone, so this sets what that would set, as far as it is there. Otherwise, and for what
 * was read before, chunks are copied there; those without room there go to `onLarge`.
 */
export function readShared(
  stream: Duplex,
  onRead: (length: number) => void,
  onLarge: (chunk: Buffer) => void,
): void {
  stream.on('data', (chunk: Buffer) => {
    if (chunk.length > bytesMax) onLarge(chunk);
    else onRead(chunk.copy(readBytes));
  });
  const handle = (stream as { readonly _handle?: Handle | null })._handle;
  // What is encrypted is read by another one.
  if (Object.getPrototypeOf(stream) !== Socket.prototype) return;
  const reading = readingOf(stream);
  if (reading === undefined || typeof handle?.useUserBuffer !== 'function') return;
  Object.assign(stream, { [reading.buffer]: readBytes, [reading.callback]: onRead });
  handle.useUserBuffer(readBytes);
}

let known: Reading | undefined;

function readingOf(stream: object): Reading | undefined {
  known ??= readingIn(Object.getOwnPropertySymbols(stream));
  return known;
}

function readingIn(symbols: readonly symbol[]): Reading | undefined {
  const named = (name: string): symbol | undefined =>
    symbols.find(({ description }) => description === name);
  const [buffer, callback] = [named('kBuffer'), named('kBufferCb')];
  return buffer === undefined || callback === undefined ? undefined : { buffer, callback };
}
