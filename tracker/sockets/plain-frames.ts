import { isAscii, isUtf8 } from 'node:buffer';
import { createRequire } from 'node:module';
import type { Writable } from 'node:stream';
import { finalText } from './text-frame.js';
import type { FramedConnection } from './turn-writes.js';

/**
 * Whole texts in one masked frame each (RFC 6455 §5.2), which is nearly all that viewers send, read
 * past `ws`: its reader is a stream behind the connection's, made for frames in any number of
 * pieces, and costs more than what is done for a message. All other bytes go to it: what comes in
 * pieces, fragments, binary frames, control frames, what is too large and what is wrong.
 */

/** The reader of `ws`. Its own names, as far as they are there: in another version maybe not. */
interface Reader extends Writable {
  readonly _state?: unknown;
  readonly _bufferedBytes?: unknown;
  readonly _fragmented?: unknown;
}

type Unmask = (payload: Buffer, mask: Buffer) => void;

const isMasked = 0x80;
const lengthBits = 0x7f;
const twoByteLength = 126;
const maskBytes = 4;
/** Below it a loop is faster than a call into a library. */
const nativeBytesMin = 48;

/**
 * Has `onText` called with each text of the connection that comes in one frame, up to `bytesMax` of
 * payload. Those that don't, and all else, are events of the socket as ever.
 */
export function readPlainFrames(
  { socket, stream }: FramedConnection,
  bytesMax: number,
  onText: (text: string) => void,
): void {
  const reader = (socket as { readonly _receiver?: Reader })._receiver;
  const [toReader, ...others] = stream.listeners('data') as ((chunk: Buffer) => void)[];
  if (reader === undefined || toReader === undefined || others.length > 0) return;
  stream.removeListener('data', toReader);
  stream.on('data', (chunk: Buffer) => {
    let at = 0;
    while (at < chunk.length && socket.readyState === socket.OPEN && isBetweenFrames(reader)) {
      const end = readText(chunk, at, bytesMax, onText);
      if (end === undefined) break;
      at = end;
    }
    if (at === chunk.length || reader.destroyed || reader.writableEnded) return;
    toReader.call(stream, at === 0 ? chunk : chunk.subarray(at));
  });
}

/** Whether the reader has nothing half read: the next byte begins a frame, and a message. */
function isBetweenFrames({ _state, _bufferedBytes, _fragmented, writableLength }: Reader): boolean {
  return _state === 0 && _bufferedBytes === 0 && _fragmented === 0 && writableLength === 0;
}

/** Where the frame ends that begins here; undefined, and nothing changed: it isn't for us. */
function readText(
  chunk: Buffer,
  at: number,
  bytesMax: number,
  onText: (text: string) => void,
): number | undefined {
  const second = chunk[at + 1] ?? 0;
  if (chunk[at] !== finalText || (second & isMasked) === 0) return undefined;
  const short = second & lengthBits;
  if (short > twoByteLength || at + 4 > chunk.length) return undefined;
  const length = short === twoByteLength ? chunk.readUInt16BE(at + 2) : short;
  const maskAt = at + (short === twoByteLength ? 4 : 2);
  const from = maskAt + maskBytes;
  const end = from + length;
  if (end > chunk.length || length > bytesMax) return undefined;
  const mask = chunk.subarray(maskAt, from);
  const payload = chunk.subarray(from, end);
  unmask(payload, mask);
  const isPlain = isAscii(payload);
  if (!isPlain && !isUtf8(payload)) {
    unmask(payload, mask);
    return undefined;
  }
  onText(payload.toString(isPlain ? 'latin1' : 'utf8'));
  return end;
}

function unmask(payload: Buffer, mask: Buffer): void {
  if (payload.length < nativeBytesMin) unmaskHere(payload, mask);
  else unmaskMany(payload, mask);
}

const unmaskHere: Unmask = (payload, mask) => {
  for (let index = 0; index < payload.length; index += 1) {
    payload[index] = (payload[index] ?? 0) ^ (mask[index & 3] ?? 0);
  }
};

const unmaskMany = nativeUnmask() ?? unmaskHere;

/** It is there where a program of it is for this kind of machine. */
function nativeUnmask(): Unmask | undefined {
  try {
    const library = createRequire(import.meta.url)('bufferutil') as { readonly unmask: Unmask };
    return library.unmask;
  } catch {
    return undefined;
  }
}
