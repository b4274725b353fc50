interface Introduction<Peer> {
  readonly other: Peer;
  /** True: this peer was told of the other one, and not the other way round. */
  wasTold: boolean;
  /** Times that it has been told of, each of which could have led to a connection. */
  tries: number;
  lastMs: number;
}

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
 * luck once.
 */
export class Introductions<Peer> {
  /** Oldest first. */
  readonly #list: Introduction<Peer>[] = [];

  get isEmpty(): boolean {
    return this.#list.length === 0;
  }

  add(other: Peer, wasTold: boolean, nowMs: number): void {
    const known = this.#list.find((one) => one.other === other);
    if (known !== undefined) {
      known.wasTold ||= wasTold;
      if (nowMs - known.lastMs < tryMs) return;
      known.tries += 1;
      known.lastMs = nowMs;
      return;
    }
    if (this.#list.length >= rememberedMax) this.#list.shift();
    this.#list.push({ other, wasTold, tries: 1, lastMs: nowMs });
  }

  /**
   * The two have met, as their signals show. True: this peer was told of the other one, and that
   * counts now. They are still remembered: whether they stay connected can't be seen.
   */
  met(other: Peer): boolean {
    const known = this.#list.find((one) => one.other === other);
    const counts = known?.wasTold === true;
    if (counts) known.wasTold = false;
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
    for (const one of this.#list) {
      if (isConnected(one.other)) {
        if (one.wasTold) connected += 1;
      } else if (nowMs - one.lastMs <= rememberedMs) {
        failed(one.other, one.tries >= triesMax);
        this.#list[kept] = one;
        kept += 1;
      }
    }
    this.#list.length = kept;
    return connected;
  }
}
