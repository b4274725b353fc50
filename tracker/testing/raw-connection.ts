import { connect, type Socket } from 'node:net';

/** A TCP connection of which a test has every byte in its hands. */
export class RawConnection {
  readonly socket: Socket;
  received = '';
  /** True: the other side has ended it; our own may be open still. */
  hasEnded = false;
  /** True: nothing is left of it, such as after a reset. */
  isClosed = false;

  /** `address`: `host:port`. It never ends its own side: a peer's end leaves it half open. */
  constructor(address: string, localAddress = '127.0.0.1') {
    const [host = '', port = ''] = address.split(':');
    this.socket = connect({ host, port: Number(port), localAddress, allowHalfOpen: true });
    this.socket.setNoDelay(true);
    this.socket.on('data', (chunk: Buffer) => (this.received += chunk.toString('latin1')));
    this.socket.on('end', () => (this.hasEnded = true));
    this.socket.on('close', () => {
      this.isClosed = true;
      this.hasEnded = true;
    });
    this.socket.on('error', () => undefined);
  }

  /** Writes it in pieces, each a segment of its own as far as the system lets it be. */
  async writeInPieces(bytes: Buffer, length: number): Promise<void> {
    for (let from = 0; from < bytes.length; from += length) {
      await new Promise((resolve) =>
        this.socket.write(bytes.subarray(from, from + length), resolve),
      );
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
}

/** The request for a viewer's socket, from behind a proxy that says who comes. */
export function upgradeRequest(forwardedFor?: string): string {
  return [
    'GET / HTTP/1.1',
    'Host: tracker',
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 13',
    'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
    'Sec-WebSocket-Protocol: viblast.v1',
    ...(forwardedFor === undefined ? [] : [`X-Forwarded-For: ${forwardedFor}`]),
    '\r\n',
  ].join('\r\n');
}
