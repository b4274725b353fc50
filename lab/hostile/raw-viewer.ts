import { WebSocket, type ClientOptions } from 'ws';
import { subprotocol, type ServerMessage } from '../../protocol/index.js';
import type { Tally } from './tally.js';

export type Welcome = Extract<ServerMessage, { type: 'welcome' }>;

export interface RawViewerOptions {
  readonly url: string;
  /** The address that it comes from. */
  readonly localAddress: string;
  /** What it asks to speak. */
  readonly subprotocols?: readonly string[];
  /** How long it waits until it is taken; 10 s unless told. */
  readonly handshakeMsMax?: number;
}

const usualHandshakeMsMax = 10_000;
/** Of a socket, and no more: an attacker's own memory is bounded too. */
const unsentBytesMax = 512 * 1024;
const unsentPollMs = 20;

/** A WebSocket that sends whatever it is told to, and counts what is answered. */
export class RawViewer {
  readonly closed: Promise<void>;
  readonly #welcomed: Promise<Welcome | undefined>;
  /** Called with each message that comes, of whichever dialect. */
  onMessage: (message: unknown) => void = () => undefined;
  #onWelcome: (welcome: Welcome | undefined) => void = () => undefined;
  #peers: readonly string[] = [];

  private constructor(
    private readonly socket: WebSocket,
    private readonly tally: Tally,
  ) {
    this.#welcomed = new Promise((resolve) => (this.#onWelcome = resolve));
    socket.on('message', (data: Buffer) => {
      const message: unknown = JSON.parse(data.toString());
      this.#take(message as ServerMessage);
      this.onMessage(message);
    });
    this.closed = new Promise((resolve) => {
      socket.once('close', (code) => {
        tally.add(`closed ${code}`);
        this.#onWelcome(undefined);
        resolve();
      });
    });
  }

  /** Undefined, and counted, when the socket isn't taken. */
  static async open(options: RawViewerOptions, tally: Tally): Promise<RawViewer | undefined> {
    // The types of ws leave out what it hands on to net.connect.
    const connecting: ClientOptions & { readonly localAddress: string } = {
      localAddress: options.localAddress,
      handshakeTimeout: options.handshakeMsMax ?? usualHandshakeMsMax,
      perMessageDeflate: false,
    };
    const socket = new WebSocket(
      options.url,
      [...(options.subprotocols ?? [subprotocol])],
      connecting,
    );
    tally.add('connections');
    const viewer = new RawViewer(socket, tally);
    return new Promise((resolve) => {
      socket.once('open', () => resolve(viewer));
      socket.on('unexpected-response', (request, { statusCode }) => {
        tally.add(`HTTP ${statusCode ?? 0}`);
        request.destroy();
        resolve(undefined);
      });
      socket.on('error', () => {
        tally.add('connection errors');
        resolve(undefined);
      });
    });
  }

  get isOpen(): boolean {
    return this.socket.readyState === WebSocket.OPEN;
  }

  /** Of whom the tracker told last. */
  get peers(): readonly string[] {
    return this.#peers;
  }

  /** Resolves when there is room for more. */
  async send(frame: string | Buffer | object): Promise<void> {
    if (!this.isOpen) return;
    const isFrame = typeof frame === 'string' || Buffer.isBuffer(frame);
    this.socket.send(isFrame ? frame : JSON.stringify(frame), () => undefined);
    this.tally.add('messages');
    while (this.#isFull()) {
      await new Promise((resolve) => setTimeout(resolve, unsentPollMs));
    }
  }

  /** A control frame that nobody asked for. Resolves when there is room for more. */
  async pong(): Promise<void> {
    if (!this.isOpen) return;
    this.socket.pong();
    this.tally.add('messages');
    while (this.#isFull()) {
      await new Promise((resolve) => setTimeout(resolve, unsentPollMs));
    }
  }

  /**
   * Resolves with the tracker's welcome; undefined when it closed the socket instead. `told`: what
   * its hello says besides.
   */
  async join(stream: string, session: string, told: object = {}): Promise<Welcome | undefined> {
    await this.send({ type: 'hello', stream, session, ...told });
    return this.#welcomed;
  }

  /** From now on it reads nothing. */
  stopReading(): void {
    this.socket.pause();
  }

  end(): void {
    this.socket.terminate();
  }

  #isFull(): boolean {
    return this.isOpen && this.socket.bufferedAmount > unsentBytesMax;
  }

  #take(message: ServerMessage): void {
    switch (message.type) {
      case 'welcome':
        this.#onWelcome(message);
        break;
      case 'peers':
        this.#peers = message.peers.map(({ peer }) => peer);
        break;
      case 'acknowledged':
        this.tally.add('acknowledged', message.numbers.length);
        break;
      case 'refused':
        this.tally.add(`refused ${message.reason}`, message.numbers.length);
        break;
      case 'error':
        this.tally.add(`error ${message.code}`);
        break;
      case 'signal':
      case 'renewed':
      case 'policy':
      case 'reconnect':
        break;
    }
  }
}
