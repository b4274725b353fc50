import type { RawData, WebSocket } from 'ws';
import type { CloseCode } from '../../protocol/index.js';
import { trackerLimits } from '../limits.js';
import type { Conversation, Dialect, ViewerLink, ViewerRequest } from './conversation.js';
import { readPlainFrames } from './plain-frames.js';
import { asciiFrame, textFrame } from './text-frame.js';
import { TokenBucket } from './token-bucket.js';
import { FrameOutbox, type FramedConnection, type TurnWrites } from './turn-writes.js';

/** Why a socket is ended without a close: nobody reads what it is sent, or nothing comes of it. */
export type SocketEnd = 'unread' | 'silent';

export interface ViewerSocketOptions {
  readonly messagesPerSecond: number;
  readonly messagesBurst: number;
  readonly now: () => number;
  readonly metrics: { socketEnded(reason: SocketEnd): void };
  readonly onInternalError: (error: unknown) => void;
}

function textOf(data: RawData): string {
  if (Array.isArray(data)) return Buffer.concat(data).toString('utf8');
  return (Buffer.isBuffer(data) ? data : Buffer.from(data)).toString('utf8');
}

const ignore = (): void => undefined;

/** A viewer's WebSocket: frames in and out, how fast, how slow and for how long. */
export class ViewerSocket implements ViewerLink {
  readonly #conversation: Conversation;
  readonly #bucket: TokenBucket;
  readonly #outbox: FrameOutbox;
  readonly #turn: TurnWrites;
  readonly #socket: WebSocket;
  #closeTimer: NodeJS.Timeout | undefined;
  /** How often in a row it was looked at, and nothing had come. */
  #silentChecks = 0;
  /** Answers to our pings, which cost it nothing. */
  #pongsDue = 0;
  #greetingDeadlines: number;

  constructor(
    connection: FramedConnection,
    private readonly options: ViewerSocketOptions,
    dialect: Dialect,
    request: ViewerRequest,
  ) {
    const { messagesPerSecond, messagesBurst, now } = options;
    const { socket } = connection;
    this.#socket = socket;
    this.#outbox = new FrameOutbox(connection);
    this.#turn = connection.turn;
    this.#greetingDeadlines = dialect.greetingDeadlines;
    this.#conversation = dialect.begin(this, request);
    this.#bucket = new TokenBucket(messagesPerSecond, messagesBurst, now());
    readPlainFrames(connection, trackerLimits.payloadBytesMax, (text) =>
      this.#receive(text, false),
    );
    socket.on('message', (data, isBinary) => this.#receive(textOf(data), isBinary));
    socket.on('ping', () => this.#control());
    socket.on('pong', () => this.#pong());
    socket.on('close', () => {
      clearTimeout(this.#closeTimer);
      this.#outbox.gone();
      this.#conversation.closed();
    });
    // ws closes the socket itself, with the code that fits (1009, 1007, 1002).
    socket.on('error', ignore);
  }

  get unsentBytes(): number {
    return this.#outbox.bytes;
  }

  send(text: string, isAscii?: true): void {
    if (this.#socket.readyState !== this.#socket.OPEN) return;
    if (this.#isUnread()) this.#end('unread');
    else this.#outbox.put(isAscii === true ? asciiFrame(text) : textFrame(text));
  }

  close(code: CloseCode, reason: string): void {
    if (this.#socket.readyState !== this.#socket.OPEN) return;
    this.#outbox.flush();
    this.#socket.close(code, reason);
    this.#closeTimer = setTimeout(() => this.#socket.terminate(), trackerLimits.closeDeadlineMs);
  }

  /**
   * To be called again and again: asks whether the other side lives when nothing came for some
   * time, and ends the socket when nothing comes of that either, or nobody reads.
   */
  checkAlive(): void {
    this.#outbox.count();
    if (this.#isUnread()) {
      this.#end('unread');
      return;
    }
    const { silentChecksBeforePing, silentChecksMax } = trackerLimits;
    this.#silentChecks += 1;
    if (this.#silentChecks >= silentChecksMax) this.#end('silent');
    else if (this.#silentChecks === silentChecksBeforePing) this.#ping();
  }

  /** To be called after each time for a greeting; true: there is one more for it. */
  checkGreeting(): boolean {
    if (this.#conversation.hasGreeted) return false;
    this.#greetingDeadlines -= 1;
    if (this.#greetingDeadlines > 0) return true;
    this.#guard(() => this.#conversation.refuseSilence());
    return false;
  }

  reconnect(afterMs: number): void {
    this.#guard(() => this.#conversation.reconnect(afterMs));
  }

  #ping(): void {
    if (this.#socket.readyState !== this.#socket.OPEN) return;
    this.#pongsDue += 1;
    this.#socket.ping();
  }

  #pong(): void {
    if (this.#pongsDue > 0) {
      this.#pongsDue -= 1;
      this.#silentChecks = 0;
    } else this.#control();
  }

  /** A ping, or a pong that nobody asked for (RFC 6455 §5.5.3): it counts as a message. */
  #control(): void {
    this.#silentChecks = 0;
    if (this.#bucket.take(this.options.now())) {
      // `ws` has answered a ping already, whether or not anybody reads it.
      if (this.#isUnread()) this.#end('unread');
      return;
    }
    // `ws` reads on behind our close, until the other side closes too: a flood would keep it busy.
    if (this.#socket.readyState !== this.#socket.OPEN) this.#socket.terminate();
    else this.#guard(() => this.#conversation.refuseFlood());
  }

  #isUnread(): boolean {
    const { bufferedBytesMax, bufferedBytesOfAllMax, bufferedBytesSpared } = trackerLimits;
    const { bytes } = this.#outbox;
    if (bytes <= bufferedBytesSpared) return false;
    return bytes > bufferedBytesMax || this.#turn.unsentBytes > bufferedBytesOfAllMax;
  }

  #end(reason: SocketEnd): void {
    // A socket that was ended in the middle of a message may be sent more of its answers.
    if (this.#socket.readyState === this.#socket.OPEN) this.options.metrics.socketEnded(reason);
    this.#socket.terminate();
  }

  #receive(text: string, isBinary: boolean): void {
    this.#silentChecks = 0;
    // What comes behind our close has no meaning any more.
    if (this.#socket.readyState !== this.#socket.OPEN) return;
    // No guard: a closure for each message is worth saving.
    try {
      this.#handOn(text, isBinary, this.options.now());
    } catch (error) {
      this.#failed(error);
    }
  }

  #handOn(text: string, isBinary: boolean, nowMs: number): void {
    const units = Math.max(1, Math.ceil(text.length / trackerLimits.messageUnitLength));
    const count = Math.min(units, this.options.messagesBurst);
    if (!this.#bucket.has(nowMs, count)) {
      this.#conversation.refuseFlood();
      return;
    }
    const isWithinBudget = isBinary
      ? this.#conversation.receiveBinary(text)
      : this.#conversation.receive(text);
    if (!isWithinBudget) this.#bucket.take(nowMs, count);
  }

  /** A mistake of ours ends this socket, and no other. */
  #guard(step: () => void): void {
    try {
      step();
    } catch (error) {
      this.#failed(error);
    }
  }

  #failed(error: unknown): void {
    this.options.onInternalError(error);
    this.#conversation.failed();
  }
}
