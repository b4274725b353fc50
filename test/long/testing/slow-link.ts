import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';

/** Shorter than graphite-web waits for the next bytes of carbon (`CARBONLINK_TIMEOUT`). */
const pauseMs = 1_000;

/** Stands between clients and a port of this host; one answer it lets through slowly, if asked. */
export class SlowLink {
  /** Where answers come from. */
  target = 0;
  /** So long the next answer takes at least, a byte each second. */
  nextAnswerMs = 0;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor() {
    this.#server = createServer({ noDelay: true }, (client) => {
      const server = connect({ port: this.target, host: '127.0.0.1', noDelay: true });
      for (const socket of [client, server]) {
        this.#sockets.add(socket);
        socket.on('error', () => socket.destroy());
      }
      client.pipe(server);
      void this.#answer(client, server);
    });
  }

  static async open(): Promise<SlowLink> {
    const link = new SlowLink();
    link.#server.listen(0, '127.0.0.1');
    await once(link.#server, 'listening');
    return link;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  close(): void {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
  }

  async #answer(client: Socket, server: Socket): Promise<void> {
    try {
      for await (const bytes of server as AsyncIterable<Buffer>) {
        const slowBytes = Math.min(bytes.length, this.nextAnswerMs / pauseMs);
        this.nextAnswerMs = 0;
        for (let sent = 0; sent < slowBytes; sent += 1) {
          client.write(bytes.subarray(sent, sent + 1));
          await wait(pauseMs);
        }
        client.write(bytes.subarray(slowBytes));
      }
    } catch {
      // One of the two is gone, and with it the other.
    }
    client.destroy();
  }
}
