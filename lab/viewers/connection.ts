import { WebSocket, type RawData } from 'ws';
import {
  closeCodes,
  subprotocol,
  type ClientMessage,
  type ServerMessage,
} from '../../protocol/index.js';
import type { Random } from '../../service/random.js';
import { parseTrackerMessage } from './messages.js';
import { jittered } from './random.js';
import type { CountedError } from './statistics.js';

export interface ConnectionEvents {
  onOpen(): void;
  onMessage(message: ServerMessage): void;
  /** A connection that stood is gone, and will be tried again. */
  onLost(): void;
  onError(code: CountedError): void;
}

const firstDelayMs = 250;
const delayMsMax = 5_000;
const handshakeMsMax = 10_000;

function textOf(data: RawData): string {
  if (Array.isArray(data)) return Buffer.concat(data).toString('utf8');
  return Buffer.isBuffer(data) ? data.toString('utf8') : Buffer.from(data).toString('utf8');
}

/** A viewer's way to whatever tracker answers: reconnects, after a bounded delay, until closed. */
export class Connection {
  #socket: WebSocket | undefined;
  #timer: NodeJS.Timeout | undefined;
  #failures = 0;
  #isClosed = false;
  #wantedDelayMs: number | undefined;

  constructor(
    private readonly url: string,
    private readonly userAgent: string,
    private readonly random: Random,
    private readonly events: ConnectionEvents,
  ) {}

  get isOpen(): boolean {
    return this.#socket?.readyState === WebSocket.OPEN;
  }

  open(): void {
    this.#timer = undefined;
    const socket = new WebSocket(this.url, [subprotocol], {
      headers: { 'user-agent': this.userAgent },
      handshakeTimeout: handshakeMsMax,
      perMessageDeflate: false,
    });
    this.#socket = socket;
    let wasOpen = false;
    socket.on('open', () => {
      wasOpen = true;
      if (!this.#isClosed) this.events.onOpen();
    });
    socket.on('message', (data) => {
      if (this.#isClosed) return;
      const message = parseTrackerMessage(textOf(data));
      if (message === undefined) this.events.onError('unreadable_message');
      else {
        // Only a welcome shows that this tracker takes the viewer; until then the delay grows.
        if (message.type === 'welcome') this.#failures = 0;
        this.events.onMessage(message);
      }
    });
    socket.on('error', () => this.events.onError('connection'));
    socket.on('close', () => {
      if (this.#isClosed) return;
      if (wasOpen) this.events.onLost();
      this.#openLater();
    });
  }

  /** False, and nothing sent, when no connection stands. */
  send(message: ClientMessage): boolean {
    if (this.#socket === undefined || !this.isOpen) return false;
    this.#socket.send(JSON.stringify(message));
    return true;
  }

  /** Loses the connection as a network would; it comes back after `afterMs`, or the usual delay. */
  drop(afterMs?: number): void {
    this.#wantedDelayMs = afterMs;
    this.#socket?.terminate();
  }

  /** For good: `isAbrupt` at once, as when a page is closed, else behind what was handed over. */
  close(isAbrupt: boolean): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    if (isAbrupt || !this.isOpen) this.#socket?.terminate();
    else this.#socket?.close(closeCodes.left);
  }

  #openLater(): void {
    const delayMs =
      this.#wantedDelayMs ?? Math.min(delayMsMax, firstDelayMs * 2 ** Math.min(this.#failures, 10));
    this.#wantedDelayMs = undefined;
    this.#failures += 1;
    this.#timer = setTimeout(() => this.open(), jittered(this.random, delayMs, 0.5));
  }
}
