import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import fc from 'fast-check';
import { describe, expect, it } from '@jest/globals';
import { FramedReads } from './framed-reads.js';

function frameOf(length: number, fill: number): Buffer {
  const frame = Buffer.alloc(4 + length, fill);
  frame.writeInt32BE(length);
  return frame;
}

const memoryOf = (length: number): Buffer => Buffer.alloc(length);

/** What the reads hand on of bytes that come in pieces of these lengths. */
function framesOf(bytes: Buffer, pieces: readonly number[]): Buffer[] {
  const frames: Buffer[] = [];
  const reads = new FramedReads(memoryOf, (frame) => frames.push(frame));
  let piece = 0;
  for (let at = 0; at < bytes.length;) {
    const buffer = reads.buffer();
    const wanted = pieces[piece++ % pieces.length] ?? 1;
    const count = bytes.copy(buffer, 0, at, Math.min(at + wanted, at + buffer.length));
    at += count;
    reads.callback(count, buffer);
  }
  return frames;
}

describe('FramedReads', () => {
  it('hands on each answer whole, however its bytes come', () => {
    const length = fc.oneof(fc.nat(20), fc.nat(300_000));
    fc.assert(
      fc.property(
        fc.array(length, { maxLength: 6 }),
        fc.array(fc.oneof(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 200_000 })), {
          minLength: 1,
          maxLength: 4,
        }),
        (lengths, pieces) => {
          const sent = lengths.map((each, index) => frameOf(each, index + 1));
          // Byte by byte is enough of short ones.
          const wanted = lengths.some((each) => each > 1_000) ? [...pieces, 70_000] : pieces;
          const frames = framesOf(Buffer.concat(sent), wanted);
          expect(frames.length).toBe(sent.length);
          for (const [index, frame] of frames.entries()) {
            expect(frame.equals(sent[index] ?? Buffer.alloc(0))).toBe(true);
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  it.each([
    ['what another protocol says', Buffer.from([0x15, 0x03, 0x01, 0, 2, 2, 22])],
    ['a length below 0', Buffer.from([0xff, 0xff, 0xff, 0xff, 1, 2, 3])],
  ])('hands on %s as it comes', (_, bytes) => {
    const whole = framesOf(bytes, [100]);
    expect(whole).toEqual([bytes]);
    expect(Buffer.concat(framesOf(bytes, [5, 1])).equals(bytes)).toBe(true);
  });

  it('serves a socket until that ends', async () => {
    const long = frameOf(3_000_000, 7);
    const server = createServer((socket) => socket.end(Buffer.concat([frameOf(3, 1), long])));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const frames: Buffer[] = [];
    const { port } = server.address() as AddressInfo;
    const socket: Socket = connect({
      host: '127.0.0.1',
      port,
      onread: new FramedReads(memoryOf, (frame) => frames.push(frame)),
    });
    await once(socket, 'end');
    server.close();
    expect(frames.map(({ length }) => length)).toEqual([7, long.length]);
    expect(frames[1]?.equals(long)).toBe(true);
  });
});
