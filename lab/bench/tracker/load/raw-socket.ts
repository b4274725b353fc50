import { connect, type Socket } from 'node:net';
import { FrameReader } from './frames.js';

const ping = 0x9;
const close = 0x8;
/** An empty pong, masked with zeros. */
const pong = Buffer.from([0x8a, 0x80, 0, 0, 0, 0]);
const handshakeMsMax = 60_000;

export interface RawSocketOptions {
  readonly port: number;
  readonly path: string;
  /** The subprotocol to ask for; none where it is empty. */
  readonly subprotocol: string;
  /** The loopback address that it comes from: each has its own 28 000 ports. */
  readonly from: string;
}

/** Told of a text frame: its bytes stand in `bytes` from `from` up to `to`. */
export type OnText = (bytes: Buffer, from: number, to: number) => void;

/** A WebSocket client that costs little more than its system calls. */
export class RawSocket {
  readonly #reader = new FrameReader();
  onText: OnText = () => undefined;
  onLost: (reason: string) => void = () => undefined;

  private constructor(private readonly socket: Socket) {}

  /** Resolves after the upgrade; rejects when the server doesn't. */
  static open({ port, path, subprotocol, from }: RawSocketOptions): Promise<RawSocket> {
    const socket = connect({ host: '127.0.0.1', port, localAddress: from, noDelay: true });
    socket.write(
      [
        `GET ${path} HTTP/1.1`,
        `Host: 127.0.0.1:${port}`,
        'Upgrade: websocket',
        'Connection: Upgrade',
        'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
        'Sec-WebSocket-Version: 13',
        ...(subprotocol === '' ? [] : [`Sec-WebSocket-Protocol: ${subprotocol}`]),
        'Origin: https://tv.example',
        'User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/141.0.0.0',
        '\r\n',
      ].join('\r\n'),
    );
    return new Promise((resolve, reject) => {
      let head = Buffer.alloc(0);
      const timer = setTimeout(() => socket.destroy(new Error('no upgrade')), handshakeMsMax);
      const upgrade = (chunk: Buffer): void => {
        head = Buffer.concat([head, chunk]);
        const end = head.indexOf('\r\n\r\n');
        if (end < 0) return;
        clearTimeout(timer);
        const status = head.toString('latin1', 0, head.indexOf('\r\n'));
        if (!status.includes(' 101 ')) return void socket.destroy(new Error(status));
        socket.off('data', upgrade);
        socket.off('error', reject);
        const raw = new RawSocket(socket);
        raw.#listen();
        resolve(raw);
        if (head.length > end + 4) raw.#take(head.subarray(end + 4));
      };
      socket.on('data', upgrade);
      socket.once('error', reject);
    });
  }

  send(frame: Buffer): void {
    this.socket.write(frame);
  }

  end(): void {
    this.onLost = () => undefined;
    this.socket.destroy();
  }

  #listen(): void {
    this.socket.on('data', (chunk: Buffer) => this.#take(chunk));
    this.socket.on('error', () => undefined);
    this.socket.on('close', () => this.onLost('the connection was closed'));
  }

  #take(chunk: Buffer): void {
    this.#reader.read(chunk, (opcode, bytes, from, to) => {
      if (opcode === ping) this.send(pong);
      else if (opcode === close) this.onLost(bytes.toString('utf8', from + 2, to));
      else this.onText(bytes, from, to);
    });
  }
}
