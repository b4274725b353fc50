import { PassThrough } from 'node:stream';
import { describe, expect, it } from '@jest/globals';
import type { WebSocket } from 'ws';
import { FrameOutbox, TurnWrites } from './turn-writes.js';

const turnOver = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('what a turn of the event loop has for a socket', () => {
  const outbox = () => {
    const socket = { readyState: 1, OPEN: 1 };
    const stream = new PassThrough();
    const writes: string[] = [];
    stream.on('data', (chunk: Buffer) => writes.push(chunk.toString('latin1')));
    const turn = new TurnWrites();
    const box = new FrameOutbox({ socket: socket as unknown as WebSocket, stream, turn });
    return { socket, writes, box };
  };

  it('leaves in one write, in order, when the turn is over', async () => {
    const { writes, box } = outbox();
    box.put('\x81\x01a');
    box.put('\x81\x02\xc3\xa9');
    expect(writes).toEqual([]);
    expect(box.bytes).toBe(7);
    await turnOver();
    expect(writes).toEqual(['\x81\x01a\x81\x02\xc3\xa9']);
    expect(box.bytes).toBe(0);
    box.put('next');
    await turnOver();
    expect(writes.slice(1)).toEqual(['next']);
  });

  it('leaves at once where a close is to follow', async () => {
    const { writes, box } = outbox();
    box.put('last');
    box.flush();
    expect(writes).toEqual(['last']);
    await turnOver();
    expect(writes).toEqual(['last']);
  });

  it('is dropped where ws has begun to close meanwhile: nothing may follow a close', async () => {
    const { socket, writes, box } = outbox();
    box.put('too late');
    socket.readyState = 2;
    await turnOver();
    expect(writes).toEqual([]);
  });
});
