import { WebSocket, type RawData } from 'ws';
import {
  closeCodes,
  comingBackAfter,
  comingBackDelayMs,
  subprotocol,
  type ClientMessage,
  type ServerMessage,
} from '../../protocol/index.js';
import type { Random } from '../../service/random.js';
import { parseTrackerMessage } from './messages.js';
import type { CountedError } from './statistics.js';

export interface ConnectionEvents {
  onOpen(): void;
  onMessage(message: ServerMessage): void;
  /** A connection that stood is gone, and will be tried again, if the close code says so. */
  onLost(): void;
  /** `detail`: what was met, for people. */
  onError(code: CountedError, detail?: string): void;
}

/** Where a viewer goes, and as whom. */
export interface ConnectionWay {
  readonly url: string;
  readonly userAgent: string;
  readonly localAddress: string | undefined;
}

const handshakeMsMax = 10_000;
const retryAfterSecondsMax = 300;

function textOf(data: RawData): string {
  if (Array.isArray(data)) return Buffer.concat(data).toString('utf8');
  return Buffer.isBuffer(data) ? data.toString('utf8') : Buffer.from(data).toString('utf8');
}

/**
 * A viewer's way to whatever tracker answers: comes back as the protocol says, until it is closed
 * or told that there is no coming back.
 */
export class Connection {
  #socket: WebSocket | undefined;
  #timer: NodeJS.Timeout | undefined;
  #failures = 0;
  #isClosed = false;
  #moveTimer: NodeJS.Timeout | undefined;

  constructor(
    private readonly way: ConnectionWay,
    private readonly random: Random,
    private readonly events: ConnectionEvents,
  ) {}

  get isOpen(): boolean {
    return this.#socket?.readyState === WebSocket.OPEN;
  }

  open(): void {
    this.#timer = undefined;
    const { url, userAgent, localAddress } = this.way;
    const socket = new WebSocket(url, [subprotocol], {
      headers: { 'user-agent': userAgent },
      localAddress,
      handshakeTimeout: handshakeMsMax,
      perMessageDeflate: false,
    });
    this.#socket = socket;
    let wasOpen = false;
    let retryAfterMs = 0;
    let answer: string | undefined;
    socket.on('open', () => {
      wasOpen = true;
      if (this.#isCurrent(socket)) this.events.onOpen();
    });
    socket.on('message', (data) => {
      if (!this.#isCurrent(socket)) return;
      const message = parseTrackerMessage(textOf(data));
      if (message === undefined) this.events.onError('unreadable_message');
      else {
        // Only a welcome shows that this tracker takes the viewer; until then the delay grows.
        if (message.type === 'welcome') this.#failures = 0;
        this.events.onMessage(message);
      }
    });
    socket.on('unexpected-response', (_request, response) => {
      answer = `answered ${response.statusCode ?? 0}`;
      retryAfterMs = retryAfterMsOf(response.headers['retry-after']);
      response.resume();
      socket.terminate();
    });
    socket.on('error', ({ message }) => {
      if (!this.#isCurrent(socket)) return;
      this.events.onError('connection', `${wasOpen ? 'stood' : 'new'}: ${answer ?? message}`);
    });
    socket.on('close', (code) => {
      if (!this.#isCurrent(socket)) return;
      clearTimeout(this.#moveTimer);
      if (wasOpen) this.events.onLost();
      this.#openLater(code, retryAfterMs);
    });
  }

  /** False, and nothing sent, when no connection stands. */
  send(message: ClientMessage): boolean {
    if (this.#socket === undefined || !this.isOpen) return false;
    this.#socket.send(JSON.stringify(message));
    return true;
  }

  /**
   * Loses a connection that stands, as a network would; it comes back after the usual delay. One
   * that is being made is left: its end would look as if nobody had answered.
   */
  drop(): void {
    if (this.isOpen) this.#socket?.terminate();
  }

  /** Connects anew, as a tracker asks for; all goes on until `afterMs` has passed. */
  moveAfter(afterMs: number): void {
    clearTimeout(this.#moveTimer);
    this.#moveTimer = setTimeout(() => {
      const former = this.#socket;
      this.#socket = undefined;
      former?.close(closeCodes.left);
      this.events.onLost();
      this.open();
    }, afterMs);
  }

  /** For good: `isAbrupt` at once, as when a page is closed, else behind what was handed over. */
  close(isAbrupt: boolean): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    clearTimeout(this.#moveTimer);
    if (isAbrupt || !this.isOpen) this.#socket?.terminate();
    else this.#socket?.close(closeCodes.left);
  }

  /** False: it ended for good, or another one stands for it, which went elsewhere. */
  #isCurrent(socket: WebSocket): boolean {
    return !this.#isClosed && this.#socket === socket;
  }

  #openLater(code: number, retryAfterMs: number): void {
    const rule = comingBackAfter(code);
    // No page is there that could be asked for a new token.
    if (rule === undefined || rule.needsNewToken) {
      this.#isClosed = true;
      this.events.onError('gave_up');
      return;
    }
    const delayMs = comingBackDelayMs(rule, this.#failures, this.random, retryAfterMs);
    this.#timer = setTimeout(() => this.open(), delayMs);
    this.#failures += 1;
  }
}

/** What Retry-After asks for in seconds; 0 where it asks for nothing that can be read. */
function retryAfterMsOf(header: string | undefined): number {
  const seconds = Number(header ?? 0);
  return Number.isFinite(seconds)
    ? Math.min(Math.max(seconds, 0), retryAfterSecondsMax) * 1_000
    : 0;
}
