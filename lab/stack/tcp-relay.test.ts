import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { asItComes, TcpRelay, type PassOn } from './tcp-relay.js';

const inCapitals: PassOn = async function* (pieces) {
  for await (const piece of pieces) yield Buffer.from(piece.toString().toUpperCase());
};

let server: Server;
let relay: TcpRelay;

async function textOf(socket: Socket): Promise<string> {
  let text = '';
  const pieces = socket.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>;
  for await (const piece of pieces) text += piece.toString();
  return text;
}

/** Resolves once the other side has ended it or has failed. */
async function isOver(socket: Socket): Promise<void> {
  await textOf(socket).catch(() => '');
  socket.destroy();
}

function client(): Socket {
  return connect({ port: relay.port, host: '127.0.0.1', allowHalfOpen: true });
}

async function accepted(): Promise<Socket> {
  const [socket] = (await once(server, 'connection')) as [Socket];
  return socket;
}

beforeEach(async () => {
  server = createServer({ allowHalfOpen: true }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  relay = await TcpRelay.open(() => port, asItComes, inCapitals);
});

afterEach(() => {
  relay.close();
  server.close();
});

describe('a relay', () => {
  it('passes on what each side sends, by its own way, and then its end', async () => {
    const asking = client();
    asking.end('question');
    const answering = await accepted();
    expect(await textOf(answering)).toBe('question');
    answering.end('answer');
    expect(await textOf(asking)).toBe('ANSWER');
  });

  it('ends the one when the other fails', async () => {
    const asking = client();
    const answering = await accepted();
    asking.resetAndDestroy();
    await isOver(answering);
    const again = client();
    (await accepted()).resetAndDestroy();
    await isOver(again);
  });

  it('ends who comes while nobody listens', async () => {
    server.close();
    await isOver(client());
  });
});
