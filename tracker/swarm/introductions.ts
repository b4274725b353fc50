/** Introductions of one peer that are remembered: what it is told in four announces. */
const rememberedMax = 32;
/** Two that were introduced so often and never connected don't get anywhere … */
const triesMax = 3;
/** … for this long; networks change. */
const rememberedMs = 120_000;
/** Introductions that follow each other faster are one try. */
const tryMs = 5_000;

/**
 * Whom one peer was told of, or who of it, and whom it has not been connected to since. A pair that
 * is tried again and again costs both of them time; one that is never tried again may have had bad
 * luck once. Columns instead of objects: each choice of a peer looks through two of these.
 */
export class Introductions<Peer> {
  readonly #others: Peer[] = [];
  readonly #lastMs: number[] = [];
  /** Times that the two were introduced, each of which could have led to a connection. */
  readonly #tries: number[] = [];
  /** Whether this peer was told of the other one, and not the other way round. */
  readonly #wasTold: boolean[] = [];
  /** Where the next one stands once there are too many. */
  #next = 0;

  get isEmpty(): boolean {
    return this.#others.length === 0;
  }

  add(other: Peer, wasTold: boolean, nowMs: number): void {
    const known = this.#others.indexOf(other);
    if (known < 0) {
      const isFull = this.#others.length >= rememberedMax;
      this.#put(isFull ? this.#next : this.#others.length, other, 1, wasTold, nowMs);
      if (isFull) this.#next = (this.#next + 1) % rememberedMax;
      return;
    }
    this.#wasTold[known] ||= wasTold;
    if (nowMs - (this.#lastMs[known] ?? 0) < tryMs) return;
    this.#tries[known] = (this.#tries[known] ?? 0) + 1;
    this.#lastMs[known] = nowMs;
  }

  /**
   * The two have met, as their signals show. True: this peer was told of the other one, and that
   * counts now. They are still remembered: whether they stay connected can't be seen.
   */
  met(other: Peer): boolean {
    const known = this.#others.indexOf(other);
    const counts = this.#wasTold[known] === true;
    if (counts) this.#wasTold[known] = false;
    return counts;
  }

  /**
   * Looks through all that are remembered: forgets those whose time is over and those that are
   * connected, and hands on the others. Returns how many that this peer was told of are connected.
   */
  settle(
    nowMs: number,
    isConnected: (other: Peer) => boolean,
    failed: (other: Peer, isHopeless: boolean) => void,
  ): number {
    let connected = 0;
    let kept = 0;
    for (const [index, other] of this.#others.entries()) {
      const [tries = 0, wasTold = false] = [this.#tries[index], this.#wasTold[index]];
      const lastMs = this.#lastMs[index] ?? 0;
      if (isConnected(other)) {
        if (wasTold) connected += 1;
      } else if (nowMs - lastMs <= rememberedMs) {
        failed(other, tries >= triesMax);
        this.#put(kept, other, tries, wasTold, lastMs);
        kept += 1;
      }
    }
    this.#others.length = kept;
    this.#next = 0;
    return connected;
  }

  #put(index: number, other: Peer, tries: number, wasTold: boolean, lastMs: number): void {
    this.#others[index] = other;
    this.#tries[index] = tries;
    this.#wasTold[index] = wasTold;
    this.#lastMs[index] = lastMs;
  }
}
