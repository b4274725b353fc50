import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { pipeline } from 'node:stream/promises';

/** Gives on what comes by one way of a connection, when it likes. */
export type PassOn = (pieces: AsyncIterable<Buffer>) => AsyncIterable<Buffer>;

/**
 * Stands between clients and a server on this host. An end or failure of one side is the other
 * one's as well, once what came before it has been passed on.
 */
export class TcpRelay {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor(target: () => number, toServer: PassOn, toClient: PassOn) {
    this.#server = createServer({ noDelay: true, allowHalfOpen: true }, (client) => {
      const port = target();
      const server = connect({ port, host: '127.0.0.1', noDelay: true, allowHalfOpen: true });
      for (const socket of [client, server]) {
        this.#sockets.add(socket);
        socket.once('close', () => this.#sockets.delete(socket));
      }
      void Promise.allSettled([
        pipeline(toServer(piecesOf(client)), server),
        pipeline(toClient(piecesOf(server)), client),
      ]).then(() => {
        client.destroy();
        server.destroy();
      });
    });
  }

  /** `target`: the server's port, asked for each connection. */
  static async open(target: () => number, toServer: PassOn, toClient: PassOn): Promise<TcpRelay> {
    const relay = new TcpRelay(target, toServer, toClient);
    relay.#server.listen(0, '127.0.0.1');
    await once(relay.#server, 'listening');
    return relay;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  close(): void {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
  }
}

/** What comes by a socket, whose other way goes on when this one has ended. */
function piecesOf(socket: Socket): AsyncIterable<Buffer> {
  return socket.iterator({ destroyOnReturn: false });
}

/** Passes everything on at once. */
export const asItComes: PassOn = (pieces) => pieces;
