import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { anyCharacter } from '../../service/testing/any-character.js';
import { WebSocketServer } from 'ws';
import { readPlainFrames } from './plain-frames.js';
import { TurnWrites, type FramedConnection } from './turn-writes.js';

const bytesMax = 70_000;

interface Frame {
  readonly opcode: number;
  readonly isFinal: boolean;
  readonly payload: Buffer;
  readonly mask: number;
}

function bytesOf({ opcode, isFinal, payload, mask }: Frame): Buffer {
  const { length } = payload;
  const first = (isFinal ? 0x80 : 0) | opcode;
  const size =
    length < 126
      ? [0x80 | length]
      : length <= 0xffff
        ? [0x80 | 126, length >> 8, length & 0xff]
        : [0x80 | 127, 0, 0, 0, 0, 0, length >> 16, (length >> 8) & 0xff, length & 0xff];
  const key = Buffer.alloc(4);
  key.writeUInt32BE(mask);
  const masked = payload.map((byte, index) => byte ^ (key[index & 3] ?? 0));
  return Buffer.concat([Buffer.from([first, ...size]), key, masked]);
}

interface Connection extends FramedConnection {
  /** The other end. */
  readonly client: Socket;
  end(): void;
}

const text = (payload: string | Buffer): Frame => ({
  opcode: 1,
  isFinal: true,
  payload: Buffer.from(payload),
  mask: 0x5ac31e87,
});

describe('texts that are read past ws', () => {
  let http: Server;
  const webSockets = new WebSocketServer({ noServer: true, maxPayload: bytesMax });
  beforeAll(async () => {
    http = createServer();
    http.listen(0, '127.0.0.1');
    await once(http, 'listening');
  });
  afterAll(() => {
    http.close();
    http.closeAllConnections();
  });

  /** The server's end of a WebSocket on whose other end nobody says anything. */
  async function openConnection(): Promise<Connection> {
    const { port } = http.address() as AddressInfo;
    const client = connect(port, '127.0.0.1');
    client.on('error', () => undefined);
    client.write(
      'GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n' +
        'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n',
    );
    const [request, stream, head] = (await once(http, 'upgrade')) as [
      IncomingMessage,
      Duplex,
      Buffer,
    ];
    return new Promise((resolve) =>
      webSockets.handleUpgrade(request, stream, head, (socket) => {
        socket.on('error', () => undefined);
        resolve({ socket, stream, turn: new TurnWrites(), client, end: () => client.destroy() });
      }),
    );
  }

  /** What the socket says of these bytes; `past`: the texts that didn't come by way of ws. */
  async function heard(chunks: readonly Buffer[], isPlain: boolean) {
    const connection = await openConnection();
    const { socket, stream } = connection;
    const said: string[] = [];
    let past = 0;
    socket.on('message', (data: Buffer, isBinary: boolean) =>
      said.push(`${isBinary ? 'binary' : 'text'} ${data.toString('hex')}`),
    );
    socket.on('ping', (data: Buffer) => said.push(`ping ${data.toString('hex')}`));
    if (isPlain) {
      readPlainFrames(connection, bytesMax, (told) => {
        past += 1;
        said.push(`text ${Buffer.from(told).toString('hex')}`);
      });
    }
    // Each a copy, since reading unmasks in place.
    for (const chunk of chunks) stream.emit('data', Buffer.from(chunk));
    said.push(`state ${socket.readyState === socket.OPEN ? 'open' : 'ended'}`);
    connection.end();
    return { said, past };
  }

  const payload = fc.oneof(
    fc.string({ unit: anyCharacter, maxLength: 300 }).map((told) => Buffer.from(told)),
    fc.uint8Array({ maxLength: 140 }).map((told) => Buffer.from(told)),
    fc.constantFrom(Buffer.alloc(65_536, 'a'), Buffer.alloc(bytesMax + 1, 'b')),
  );
  const frame = fc.record({
    opcode: fc.oneof({ weight: 6, arbitrary: fc.constant(1) }, fc.constantFrom(0, 2, 3, 8, 9, 10)),
    isFinal: fc.oneof({ weight: 8, arbitrary: fc.constant(true) }, fc.constant(false)),
    payload,
    mask: fc.nat(2 ** 32 - 1),
  });

  it('are the same, among all else and however they are cut into pieces', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(frame, { minLength: 1, maxLength: 8 }),
        fc.array(fc.nat(2_000), { maxLength: 6 }),
        async (frames, cuts) => {
          const bytes = Buffer.concat(frames.map(bytesOf));
          const places = [0, ...cuts.map((cut) => cut % bytes.length), bytes.length].sort(
            (one, other) => one - other,
          );
          const chunks = places
            .slice(1)
            .map((place, index) => bytes.subarray(places[index], place));
          const some = chunks.filter(({ length }) => length > 0);
          expect((await heard(some, true)).said).toEqual((await heard(some, false)).said);
        },
      ),
      { numRuns: 150 },
    );
  });

  it('do come past it, where they are whole, also several at once', async () => {
    const many = Buffer.concat([text('one'), text('ä'.repeat(100)), text('')].map(bytesOf));
    expect(await heard([many, bytesOf(text('four'))], true)).toMatchObject({ past: 4 });
  });

  it('stay in order with those that come in pieces', async () => {
    const bytes = Buffer.concat(['one', 'two', 'three'].map((told) => bytesOf(text(told))));
    const { said, past } = await heard([bytes.subarray(0, 12), bytes.subarray(12)], true);
    expect(said.slice(0, 3)).toEqual(
      ['one', 'two', 'three'].map((told) => `text ${Buffer.from(told).toString('hex')}`),
    );
    expect(past).toBe(1);
  });

  it('of many sockets come through one buffer, with what goes to ws in its place', async () => {
    const pieces = [
      { ...text('be'), isFinal: false },
      { ...text('gun'), opcode: 0 },
    ];
    const frames = [text('one'), ...pieces, text('ö'), text('a'.repeat(65_600)), text('last')];
    const bytes = Buffer.concat(frames.map(bytesOf));
    const heardOn = async (
      { client, ...connection }: Connection,
      piece: number,
    ): Promise<readonly string[]> => {
      const said: string[] = [];
      const isOver = new Promise<void>((resolve) => {
        const hear = (told: string): void => {
          if (said.push(told) === frames.length - 1) resolve();
        };
        connection.socket.on('message', (data: Buffer) => hear(data.toString()));
        readPlainFrames(connection, bytesMax, hear);
      });
      // Nothing is made a chunk of, for the stream to hand on.
      connection.stream.on('data', () => said.push('a chunk'));
      client.setNoDelay(true);
      for (let at = 0; at < bytes.length; at += piece) {
        client.write(bytes.subarray(at, at + piece));
        await new Promise(setImmediate);
      }
      await isOver;
      connection.end();
      return said;
    };
    const told = ['one', 'begun', 'ö', 'a'.repeat(65_600), 'last'];
    const pieceBytes = [7_001, 501, 70_000, 97];
    const connections: Connection[] = [];
    while (connections.length < pieceBytes.length) connections.push(await openConnection());
    const all = connections.map((connection, index) =>
      heardOn(connection, pieceBytes[index] ?? bytes.length),
    );
    expect(await Promise.all(all)).toEqual(pieceBytes.map(() => told));
  });
});
