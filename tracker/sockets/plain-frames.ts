import { isUtf8 } from 'node:buffer';
import type { Writable } from 'node:stream';
import { readBytes, readShared } from './shared-reads.js';
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

const isMasked = 0x80;
const lengthBits = 0x7f;
const twoByteLength = 126;
const maskBytes = 4;
/** Header, mask and no payload. */
const frameBytesMin = 2 + maskBytes;
/** Of four bytes, what no byte of ASCII has. */
const beyondAscii = 0x80808080;

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
  const onRead = (length: number): void => {
    let at = 0;
    while (at < length && socket.readyState === socket.OPEN && isBetweenFrames(reader)) {
      const end = readText(at, length, bytesMax, onText);
      if (end === undefined) break;
      at = end;
    }
    if (at === length || reader.destroyed || reader.writableEnded) return;
    toReader.call(stream, copied(at, length));
  };
  readShared(stream, onRead, (chunk) => toReader.call(stream, chunk));
}

/** What the reader may keep: bytes of their own, for it would hold a pool for one of them. */
function copied(from: number, to: number): Buffer {
  const copy = Buffer.allocUnsafeSlow(to - from);
  readBytes.copy(copy, 0, from, to);
  return copy;
}

/** Whether the reader has nothing half read: the next byte begins a frame, and a message. */
function isBetweenFrames({ _state, _bufferedBytes, _fragmented, writableLength }: Reader): boolean {
  return _state === 0 && _bufferedBytes === 0 && _fragmented === 0 && writableLength === 0;
}

/** Where the frame ends that begins here; undefined, and nothing changed: it isn't for us. */
function readText(
  at: number,
  to: number,
  bytesMax: number,
  onText: (text: string) => void,
): number | undefined {
  if (at + frameBytesMin > to) return undefined;
  const second = readBytes[at + 1] ?? 0;
  if (readBytes[at] !== finalText || (second & isMasked) === 0) return undefined;
  const short = second & lengthBits;
  if (short > twoByteLength) return undefined;
  const length = short === twoByteLength ? readBytes.readUInt16BE(at + 2) : short;
  const from = at + frameBytesMin + (short === twoByteLength ? 2 : 0);
  const end = from + length;
  if (end > to || length > bytesMax) return undefined;
  const isPlain = unmask(from, end);
  if (!isPlain && !isUtf8(readBytes.subarray(from, end))) {
    unmask(from, end);
    return undefined;
  }
  onText(readBytes.toString(isPlain ? 'latin1' : 'utf8', from, end));
  return end;
}

const words = new Int32Array(readBytes.buffer, readBytes.byteOffset, readBytes.length / 4);
/** Four bytes of the mask as they lie on four bytes of the payload. */
const maskWord = new Int32Array(1);
const maskOnWord = new Uint8Array(maskWord.buffer);

/**
 * Unmasks the payload, or masks it again, by the mask in front of it, four bytes at a time. True:
 * there is nothing but ASCII in it now.
 */
function unmask(from: number, end: number): boolean {
  const maskAt = from - maskBytes;
  const firstWord = Math.min(end, (from + 3) & ~3);
  const behindWords = Math.max(firstWord, end & ~3);
  let seen = 0;
  for (let at = from; at < firstWord; at += 1) seen |= unmaskByte(at, from);
  for (let index = 0; index < maskBytes; index += 1) {
    maskOnWord[index] = readBytes[maskAt + ((firstWord + index - from) & 3)] ?? 0;
  }
  const mask = maskWord[0] ?? 0;
  for (let word = firstWord >> 2; word < behindWords >> 2; word += 1) {
    const plain = (words[word] ?? 0) ^ mask;
    words[word] = plain;
    seen |= plain;
  }
  for (let at = behindWords; at < end; at += 1) seen |= unmaskByte(at, from);
  return (seen & beyondAscii) === 0;
}

function unmaskByte(at: number, from: number): number {
  const plain = (readBytes[at] ?? 0) ^ (readBytes[from - maskBytes + ((at - from) & 3)] ?? 0);
  readBytes[at] = plain;
  return plain;
}
