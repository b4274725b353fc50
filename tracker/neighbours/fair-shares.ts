import { TokenBucket } from '../sockets/token-bucket.js';
import { bounds } from './limits.js';

/**
 * What may go to one other tracker, so that no address's viewers use up what that one takes: as
 * long as half of it is left anybody may send, and then each origin within a share of its own. The
 * clock is passed in.
 */
export class FairShares {
  readonly #all: TokenBucket;
  readonly #shares = new Map<string, TokenBucket>();

  constructor(nowMs: number) {
    this.#all = new TokenBucket(bounds.messagesPerSecond, bounds.messagesBurst, nowMs);
  }

  /** Whether a message of so many bytes may be sent; `origin`: which of those that send are one. */
  take(origin: string, bytes: number, nowMs: number): boolean {
    const count = Math.max(1, Math.ceil(bytes / bounds.messageBytes));
    const isPlenty = this.#all.has(nowMs, bounds.messagesBurst / 2);
    if (!isPlenty && !this.#shareOf(origin, nowMs).take(nowMs, count)) return false;
    return this.#all.take(nowMs, count);
  }

  #shareOf(origin: string, nowMs: number): TokenBucket {
    const known = this.#shares.get(origin);
    if (known !== undefined) return known;
    if (this.#shares.size >= bounds.originsMax) this.#shares.clear();
    const { originMessagesPerSecond, originMessagesBurst } = bounds;
    const share = new TokenBucket(originMessagesPerSecond, originMessagesBurst, nowMs);
    this.#shares.set(origin, share);
    return share;
  }
}
