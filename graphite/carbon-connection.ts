import type { CarbonSocket, OpenCarbonSocket, SocketEvents } from './carbon-socket.js';
import { SettledConnections } from './settled-connections.js';

const firstDelayMs = 250;
const delayMsMax = 10_000;
/** A connection is renewed this often, for only its end tells what carbon has read. */
const renewAfterMs = 5_000;
/**
 * A carbon that reads nothing for so long counts as gone. With `renewAfterMs` below
 * `takeover_seconds`: an owner that lives drops what is stuck before another one writes last.
 */
const endedWithinMs = 40_000;
/** For so long no next connection opened: that is no passing trouble. */
const unrenewedMsMax = 60_000;
/** What may wait in one connection before it counts as stuck: about 200 000 points. */
export const bufferedBytesMax = 16 * 1024 * 1024;

/** What a sink needs of a connection to carbon's line receiver. */
export interface CarbonConnection {
  /** Grows whenever what was written before may be lost. */
  readonly epoch: number;
  /** True: it takes lines now. */
  readonly isReady: boolean;
  /** Whether what was written so far has left this process. */
  readonly isFlushed: boolean;
  /** Writes lines of ASCII, each with its end; undefined: it isn't ready. */
  write(lines: string): CarbonReceipt | undefined;
  close(): void;
}

/** Lines that were written. */
export interface CarbonReceipt {
  /** True: carbon has read them, and the same process has lived 30 s longer. */
  isTaken(): boolean;
}

export interface ConnectionEvents {
  readonly onConnected: () => void;
  readonly onLost: (reason: string) => void;
  /** A next connection opened beside the one in use. */
  readonly onRenewed: () => void;
  /**
   * None has opened for a minute or more: lines are still written, but nothing tells what carbon
   * has. Called at each try that fails until one opens.
   */
  readonly onNotRenewed: (reason: string) => void;
}

export interface CarbonConnectionParts extends ConnectionEvents {
  readonly open: OpenCarbonSocket;
  readonly after: (delayMs: number, run: () => void) => void;
  /** A clock that isn't set. */
  readonly now: () => number;
}

interface Link {
  readonly number: number;
  readonly socket: CarbonSocket;
  isOpen: boolean;
  hasLines: boolean;
}

/**
 * A connection to carbon's line receiver that comes back by itself, and is renewed while anything
 * that was written isn't known to be on disk. The next connection is opened before the one in use
 * is ended, so both are one process's, and written to after it, so lines keep their order.
 */
export class LastingCarbonConnection implements CarbonConnection {
  readonly #settled = new SettledConnections();
  #used: Link | undefined;
  #next: Link | undefined;
  /** True: the one in use is ended, and carbon hasn't read all of it yet. */
  #isEnding = false;
  /** When the first next connection failed since one opened; undefined: none has. */
  #unrenewedSinceMs: number | undefined;
  #isClosed = false;
  #delayMs = firstDelayMs;
  #epoch = 0;
  #links = 0;

  constructor(private readonly parts: CarbonConnectionParts) {
    this.#connect();
  }

  get epoch(): number {
    return this.#epoch;
  }

  get isReady(): boolean {
    return this.#used?.isOpen === true && !this.#isEnding && this.bufferedBytes <= bufferedBytesMax;
  }

  get isFlushed(): boolean {
    return this.#used?.isOpen !== true || this.bufferedBytes === 0;
  }

  /** Bytes that have not left this process yet. */
  get bufferedBytes(): number {
    return this.#used?.socket.waitingBytes ?? 0;
  }

  write(lines: string): CarbonReceipt | undefined {
    const link = this.#used;
    if (link === undefined || !this.isReady) return undefined;
    const epoch = this.#epoch;
    link.hasLines = true;
    link.socket.write(lines);
    return {
      isTaken: () => this.#epoch === epoch && this.#settled.settledTo >= link.number,
    };
  }

  close(): void {
    this.#isClosed = true;
    this.#used?.socket.end();
    this.#next?.socket.destroy();
    this.#used = undefined;
    this.#next = undefined;
  }

  #connect(): void {
    if (this.#isClosed) return;
    this.#used = this.#open(() => {
      this.#epoch += 1;
      this.#delayMs = firstDelayMs;
      this.parts.onConnected();
      this.#renewLater();
    });
  }

  #open(onOpen: () => void): Link {
    this.#links += 1;
    const events: SocketEvents = {
      onOpen: () => {
        if (link !== this.#used && link !== this.#next) return;
        link.isOpen = true;
        onOpen();
      },
      onClosed: (reason, isRead) => this.#closed(link, reason, isRead),
    };
    const socket = this.parts.open(events);
    const link: Link = { number: this.#links, socket, isOpen: false, hasLines: false };
    return link;
  }

  #renewLater(): void {
    const link = this.#used;
    this.parts.after(renewAfterMs, () => {
      if (link === undefined || link !== this.#used) return;
      if (link.hasLines || this.#settled.isWaiting) this.#renew(link);
      else this.#renewLater();
    });
  }

  #renew(used: Link): void {
    this.#next = this.#open(() => {
      this.#unrenewedSinceMs = undefined;
      this.parts.onRenewed();
      this.#isEnding = true;
      used.socket.end();
      this.parts.after(endedWithinMs, () => {
        if (used !== this.#used) return;
        this.#lost(`nothing was read for ${endedWithinMs / 1_000} s`, true);
      });
    });
  }

  #closed(link: Link, reason: string, isRead: boolean): void {
    if (link === this.#used) {
      if (this.#isEnding && isRead) this.#replace(link);
      else this.#lost(reason);
    } else if (link === this.#next) {
      if (link.isOpen) {
        this.#lost(reason);
        return;
      }
      // The one in use may live all the same.
      this.#next = undefined;
      this.#notRenewed(reason);
      this.#renewLater();
    }
  }

  #notRenewed(reason: string): void {
    const nowMs = this.parts.now();
    this.#unrenewedSinceMs ??= nowMs;
    const forMs = nowMs - this.#unrenewedSinceMs;
    if (forMs < unrenewedMsMax) return;
    this.parts.onNotRenewed(`no new connection for ${Math.floor(forMs / 1_000)} s: ${reason}`);
  }

  #replace(read: Link): void {
    if (this.#settled.ended(read, this.parts.now())) this.#epoch += 1;
    this.#used = this.#next;
    this.#next = undefined;
    this.#isEnding = false;
    this.#renewLater();
  }

  #lost(reason: string, hasStuckLines = false): void {
    this.#used?.socket.destroy();
    this.#next?.socket.destroy();
    this.#used = undefined;
    this.#next = undefined;
    this.#isEnding = false;
    this.#unrenewedSinceMs = undefined;
    this.#settled.lost(hasStuckLines);
    this.parts.onLost(reason);
    this.parts.after(this.#delayMs, () => this.#connect());
    this.#delayMs = Math.min(this.#delayMs * 2, delayMsMax);
  }
}
