import type { WebSocket } from 'ws';
import type { CloseCode } from '../../protocol/index.js';
import { AddressCounts } from './address-counts.js';
import { DeadlineQueue } from './deadline-queue.js';
import { trackerLimits } from '../limits.js';
import { addressBlock } from './ip-address.js';
import { Turns } from './turns.js';
import type { UpgradeCircumstances } from './upgrade-checks.js';
import type { ViewerSocket } from './viewer-socket.js';

export interface OpenSocketsOptions {
  readonly socketsMax: number;
  readonly socketsPerAddressMax: number;
  /** How long a viewer has to say who it is, some times over as its dialect has it. */
  readonly greetingDeadlineMs: number;
}

/** The sockets that are open, within their bounds over all and of an address. */
export class OpenSockets {
  readonly #viewers = new Map<WebSocket, ViewerSocket | undefined>();
  readonly #checks = new Turns<WebSocket>(trackerLimits.aliveCheckTurns);
  readonly #counts = new AddressCounts();
  readonly #greetings: DeadlineQueue<ViewerSocket>;

  constructor(private readonly options: OpenSocketsOptions) {
    this.#greetings = new DeadlineQueue(options.greetingDeadlineMs, (viewer) => {
      if (viewer.checkGreeting()) this.#greetings.add(viewer);
    });
  }

  get count(): number {
    return this.#viewers.size;
  }

  /** How many are open over all and of this address's block, and how many may be. */
  room(address: string): Omit<UpgradeCircumstances, 'isAccepting'> {
    const { socketsMax, socketsPerAddressMax } = this.options;
    const socketsOfAddress = this.#counts.of(addressBlock(address));
    return { sockets: this.#viewers.size, socketsMax, socketsOfAddress, socketsPerAddressMax };
  }

  /** Counts the socket until it is closed; `viewer` where it speaks a dialect of ours. */
  add(socket: WebSocket, address: string, viewer: ViewerSocket | undefined): void {
    const block = addressBlock(address);
    this.#counts.add(block);
    this.#viewers.set(socket, viewer);
    this.#checks.add(socket);
    if (viewer !== undefined) this.#greetings.add(viewer);
    // It comes once; `once` would keep three objects more for each socket.
    socket.on('close', () => {
      this.#viewers.delete(socket);
      this.#checks.delete(socket);
      if (viewer !== undefined) this.#greetings.delete(viewer);
      this.#counts.remove(block);
    });
  }

  /**
   * Ends the sockets whose other side is gone, and those that linger without a dialect; each call
   * looks at those whose turn it is.
   */
  checkAlive(): void {
    for (const socket of this.#checks.next()) {
      const viewer = this.#viewers.get(socket);
      if (viewer === undefined) socket.terminate();
      else viewer.checkAlive();
    }
  }

  /** Those whose sockets are open, the oldest first. */
  viewers(): readonly ViewerSocket[] {
    return [...this.#viewers.values()].filter((viewer) => viewer !== undefined);
  }

  /**
   * Closes those that are open now; resolves when they are closed, by force after `deadlineMs`.
   */
  async close(code: CloseCode, reason: string, deadlineMs: number): Promise<void> {
    this.#greetings.stop();
    const closing = new Map(this.#viewers);
    const closed = this.allClosed(deadlineMs);
    for (const [socket, viewer] of closing) (viewer ?? socket).close(code, reason);
    await closed;
    for (const socket of closing.keys()) socket.terminate();
  }

  /** Resolves when none of those that are open now is left, or after `deadlineMs`. */
  async allClosed(deadlineMs: number): Promise<void> {
    const left = new Set(this.#viewers.keys());
    if (left.size === 0) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, deadlineMs);
      for (const socket of left) {
        socket.once('close', () => {
          left.delete(socket);
          if (left.size > 0) return;
          clearTimeout(timer);
          resolve();
        });
      }
    });
  }
}
