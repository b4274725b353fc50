import Graphite from 'graphite-client';
import { messageOf } from '../service/errors.js';

const firstDelayMs = 250;
const delayMsMax = 10_000;
const connectTimeoutMs = 5_000;
/** What may wait in one connection before it counts as stuck: about 200 000 points. */
export const bufferedBytesMax = 16 * 1024 * 1024;

/** What a sink needs of a connection to carbon's line receiver. */
export interface CarbonConnection {
  /** The running number of the latest connection; a write belongs to the one that was up. */
  readonly epoch: number;
  readonly isConnected: boolean;
  /** Whether what was written so far has left this process. */
  readonly isFlushed: boolean;
  /** Writes lines of ASCII, each with its end; false: no connection, or too much waits in it. */
  write(lines: string): boolean;
  close(): void;
}

export interface ConnectionEvents {
  readonly onConnected: () => void;
  readonly onLost: (reason: string) => void;
}

/**
 * A connection to carbon's line receiver that comes back by itself. graphite-client doesn't
 * reconnect, queues without bound and throws on ECONNREFUSED, so there is one client a connection,
 * with our own backoff and bound around it.
 */
export class LastingCarbonConnection implements CarbonConnection {
  #client: Graphite | undefined;
  #isConnected = false;
  #isClosed = false;
  #delayMs = firstDelayMs;
  #timer: NodeJS.Timeout | undefined;
  #epoch = 0;

  constructor(
    private readonly host: string,
    private readonly port: number,
    private readonly parts: ConnectionEvents,
  ) {
    this.#open();
  }

  get epoch(): number {
    return this.#epoch;
  }

  get isConnected(): boolean {
    return this.#isConnected;
  }

  get isFlushed(): boolean {
    return this.#isConnected && this.#client?.socket.writableLength === 0;
  }

  /** Bytes that have not left this process yet. */
  get bufferedBytes(): number {
    return this.#isConnected ? (this.#client?.socket.writableLength ?? 0) : 0;
  }

  write(lines: string): boolean {
    const client = this.#client;
    if (client === undefined || !this.#isConnected) return false;
    if (client.socket.writableLength > bufferedBytesMax) return false;
    // The client's own write wants an object of all names and copies it: seconds for many streams.
    client.socket.write(lines, 'latin1');
    return true;
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    this.#client?.end();
    this.#isConnected = false;
  }

  #open(): void {
    const client = new Graphite(this.host, this.port);
    this.#client = client;
    let reason = 'connection closed';
    client.on('error', (error) => {
      reason = messageOf(error);
    });
    client.on('close', () => this.#lost(reason));
    client.connect(() => {
      client.socket.setTimeout(0);
      client.socket.setKeepAlive(true, 10_000);
      this.#epoch += 1;
      this.#isConnected = true;
      this.#delayMs = firstDelayMs;
      this.parts.onConnected();
    });
    client.socket.setTimeout(connectTimeoutMs, () => {
      client.socket.destroy(new Error('no connection within 5 s'));
    });
  }

  #lost(reason: string): void {
    this.#isConnected = false;
    if (this.#isClosed) return;
    this.parts.onLost(reason);
    this.#timer = setTimeout(() => this.#open(), this.#delayMs);
    this.#delayMs = Math.min(this.#delayMs * 2, delayMsMax);
  }
}
