import { neighbourMessageError, type NeighbourMessage } from '../../schemas/index.js';
import { TokenBucket } from '../sockets/token-bucket.js';
import { FairShares } from './fair-shares.js';
import { bounds } from './limits.js';
import type { NeighbourMetrics } from './neighbour-metrics.js';
import type { NeighbourReceiver, Neighbours } from './neighbours.js';

export interface MessageExchangeOptions {
  readonly instance: string;
  readonly isAlive: (instance: string) => boolean;
  readonly metrics: NeighbourMetrics;
}

/** Carries a message into the inbox of its tracker, or drops it. */
export type Post = (message: NeighbourMessage) => void;

/** Messages to and from peers of other trackers, whatever carries them. */
export class MessageExchange implements Neighbours {
  readonly #receivers = new Map<string, NeighbourReceiver>();
  readonly #buckets = new Map<string, TokenBucket>();
  readonly #shares = new Map<string, FairShares>();
  #post: Post = () => undefined;

  constructor(private readonly options: MessageExchangeOptions) {}

  get instance(): string {
    return this.options.instance;
  }

  /** What is sent goes this way from now on. */
  carryBy(post: Post): void {
    this.#post = post;
  }

  isAlive(instance: string): boolean {
    return this.options.isAlive(instance);
  }

  claim(instance: string, origin: string, bytes: number, nowMs: number): boolean {
    const known = this.#shares.get(instance);
    const shares = known ?? new FairShares(nowMs);
    if (known === undefined) {
      this.#forgetDead(this.#shares);
      this.#shares.set(instance, shares);
    }
    const isFree = shares.take(origin, bytes, nowMs);
    if (!isFree) this.options.metrics.dropped('too_many');
    return isFree;
  }

  send(message: Omit<NeighbourMessage, 'fromInstance'>): boolean {
    if (!this.isAlive(message.toInstance)) return false;
    const sent = { ...message, fromInstance: this.instance };
    if (neighbourMessageError(sent) !== undefined) return false;
    this.options.metrics.sent(message.dialect);
    this.#post(sent);
    return true;
  }

  receive(dialect: string, receiver: NeighbourReceiver): void {
    this.#receivers.set(dialect, receiver);
  }

  /** Takes a message that came, whoever wrote it. */
  take(message: NeighbourMessage, nowMs: number): void {
    const { metrics } = this.options;
    const { fromInstance, dialect } = message;
    const receiver = this.#receivers.get(dialect);
    if (message.toInstance !== this.instance || receiver === undefined) metrics.dropped('broken');
    else if (!this.isAlive(fromInstance)) metrics.dropped('unknown_tracker');
    else if (!this.#bucketOf(fromInstance, nowMs).take(nowMs)) metrics.dropped('too_many');
    else if (receiver(message)) metrics.received(dialect);
    else metrics.dropped('broken');
  }

  #bucketOf(instance: string, nowMs: number): TokenBucket {
    const known = this.#buckets.get(instance);
    if (known !== undefined) return known;
    this.#forgetDead(this.#buckets);
    const bucket = new TokenBucket(bounds.messagesPerSecond, bounds.messagesBurst, nowMs);
    this.#buckets.set(instance, bucket);
    return bucket;
  }

  #forgetDead(ofInstances: Map<string, unknown>): void {
    for (const other of ofInstances.keys()) if (!this.isAlive(other)) ofInstances.delete(other);
  }
}
