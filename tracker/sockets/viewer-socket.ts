import type { RawData, WebSocket } from 'ws';
import { trackerLimits } from '../limits.js';
import type { ServerMessage } from '../../protocol/index.js';
import { TokenBucket } from './token-bucket.js';
import type { ViewerParts } from '../viblast/viewer-parts.js';
import { ViewerSession, type ViewerLink, type ViewerRequest } from '../viblast/viewer-session.js';

export interface ViewerSocketOptions {
  readonly parts: ViewerParts;
  readonly messagesPerSecond: number;
  readonly messagesBurst: number;
}

function textOf(data: RawData): string {
  if (Array.isArray(data)) return Buffer.concat(data).toString('utf8');
  return (Buffer.isBuffer(data) ? data : Buffer.from(data)).toString('utf8');
}

/** A viewer's WebSocket: frames in and out, how fast, how slow and for how long. */
export class ViewerSocket implements ViewerLink {
  readonly #session: ViewerSession;
  readonly #bucket: TokenBucket;
  readonly #helloTimer: NodeJS.Timeout;
  #closeTimer: NodeJS.Timeout | undefined;
  #isAlive = true;

  constructor(
    private readonly socket: WebSocket,
    private readonly options: ViewerSocketOptions,
    request: ViewerRequest,
  ) {
    const { parts, messagesPerSecond, messagesBurst } = options;
    this.#session = new ViewerSession(parts, this, request);
    this.#bucket = new TokenBucket(messagesPerSecond, messagesBurst, parts.now());
    this.#helloTimer = setTimeout(() => {
      if (!this.#session.hasGreeted) this.#session.refuseSilence();
    }, trackerLimits.helloDeadlineMs);
    socket.on('message', (data, isBinary) => this.#receive(data, isBinary));
    socket.on('pong', () => (this.#isAlive = true));
    socket.on('close', () => {
      clearTimeout(this.#helloTimer);
      clearTimeout(this.#closeTimer);
      this.#session.closed();
    });
    // ws closes the socket itself, with the code that fits (1009, 1007, 1002).
    socket.on('error', () => undefined);
  }

  send(message: ServerMessage): void {
    if (this.socket.readyState !== this.socket.OPEN) return;
    if (this.socket.bufferedAmount > trackerLimits.bufferedBytesMax) {
      this.socket.terminate();
      return;
    }
    this.socket.send(JSON.stringify(message));
  }

  close(code: number, reason: string): void {
    if (this.socket.readyState !== this.socket.OPEN) return;
    this.socket.close(code, reason);
    this.#closeTimer = setTimeout(() => this.socket.terminate(), trackerLimits.closeDeadlineMs);
  }

  /** Asks whether the other side still lives; ends the socket if it hasn't answered since the last time. */
  checkAlive(): void {
    if (!this.#isAlive) {
      this.socket.terminate();
      return;
    }
    this.#isAlive = false;
    if (this.socket.readyState === this.socket.OPEN) this.socket.ping();
  }

  reconnect(afterMs: number): void {
    this.#session.reconnect(afterMs);
  }

  #receive(data: RawData, isBinary: boolean): void {
    this.#isAlive = true;
    // What comes behind our close has no meaning any more.
    if (this.socket.readyState !== this.socket.OPEN) return;
    try {
      if (!this.#bucket.take(this.options.parts.now())) this.#session.refuseFlood();
      else if (isBinary) {
        this.#session.refuseBad('bad_message', 'binary frames have no meaning here');
      } else this.#session.receive(textOf(data));
    } catch (error) {
      this.options.parts.onInternalError(error);
      this.#session.failed();
    }
  }
}
