import { AppError } from '../service/errors.js';
import { toAppError } from './errors.js';
import { pause, withDeadline } from './timing.js';

export interface Client {
  connect(): Promise<void>;
  disconnect(): Promise<void>;
}

interface Lease<C extends Client> {
  readonly client: C;
  readonly connected: Promise<void>;
  uses: number;
  isRetired: boolean;
}

/**
 * New clients are made at most this often, so that an outage is not answered with a storm of
 * connections.
 */
const renewalIntervalMs = 500;
const closeDeadlineMs = 5_000;
/**
 * A broker that hangs or is just starting lets clients connect and then says nothing: the next one
 * tries another.
 */
const defaultConnectDeadlineMs = 3_000;

/**
 * A client that is replaced by a new one after a failure: the next use gets a new one, and the old
 * one is closed when the last of its uses has ended, so other requests in flight aren't lost. A
 * kafkajs client may stay broken after a rejection
 * (kafka/DEFECTS.md#a-client-that-reconnects-for-long-leaks), and its view of the leaders stale.
 */
export class RenewableClient<C extends Client> {
  #lease: Lease<C> | undefined;
  #lastMadeAtMs = -Infinity;
  #lastAskedAtMs = -Infinity;
  #isClosed = false;
  readonly #closing = new Set<Promise<void>>();

  constructor(
    private readonly make: () => C,
    private readonly now: () => number,
    private readonly connectDeadlineMs = defaultConnectDeadlineMs,
  ) {}

  /**
   * Rejects with an AppError only, at the latest after `deadlineMs`; `doing` begins its message.
   */
  async use<T>(doing: string, deadlineMs: number, work: (client: C) => Promise<T>): Promise<T> {
    if (this.#isClosed) throw new AppError('kafka_closed', `${doing}: this client has been closed`);
    const lease = (this.#lease ??= this.#open());
    lease.uses += 1;
    const running = this.#run(lease, work);
    try {
      return await withDeadline(running, deadlineMs, () => deadlineError(doing, deadlineMs));
    } catch (error) {
      const appError = toAppError(error, doing);
      if (appError.retryable) this.#retire(lease);
      throw appError;
    }
  }

  /** Ends all connections; uses in flight have 5 s to end. */
  async close(): Promise<void> {
    this.#isClosed = true;
    if (this.#lease !== undefined) this.#retire(this.#lease);
    const all = Promise.allSettled([...this.#closing]);
    await withDeadline(all, closeDeadlineMs, () => new Error('closing took too long')).catch(
      () => undefined,
    );
  }

  async #run<T>(lease: Lease<C>, work: (client: C) => Promise<T>): Promise<T> {
    try {
      await lease.connected;
      return await work(lease.client);
    } finally {
      lease.uses -= 1;
      if (lease.isRetired && lease.uses === 0) this.#disconnect(lease);
    }
  }

  #open(): Lease<C> {
    const client = this.make();
    const nowMs = this.now();
    // The clock was set back: the next one would wait for as long.
    if (nowMs < this.#lastAskedAtMs) this.#lastMadeAtMs = nowMs;
    this.#lastAskedAtMs = nowMs;
    const waitMs = this.#lastMadeAtMs + renewalIntervalMs - nowMs;
    this.#lastMadeAtMs = Math.max(nowMs, this.#lastMadeAtMs + renewalIntervalMs);
    const connected = pause(waitMs).then(() =>
      withDeadline(client.connect(), this.connectDeadlineMs, () => new Error('no broker answers')),
    );
    connected.catch(() => undefined);
    return { client, connected, uses: 0, isRetired: false };
  }

  #retire(lease: Lease<C>): void {
    if (lease.isRetired) return;
    lease.isRetired = true;
    if (this.#lease === lease) this.#lease = undefined;
    if (lease.uses === 0) this.#disconnect(lease);
  }

  #disconnect(lease: Lease<C>): void {
    const closing = lease.client.disconnect().catch(() => undefined);
    this.#closing.add(closing);
    void closing.finally(() => this.#closing.delete(closing));
  }
}

function deadlineError(doing: string, deadlineMs: number): AppError {
  return new AppError('kafka_unavailable', `${doing}: no answer within ${deadlineMs} ms`, {
    retryable: true,
  });
}
