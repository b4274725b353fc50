/** Introductions of one peer that are remembered: what it is told in four announces. */
const rememberedMax = 32;
/** Two that were introduced so often and never connected don't get anywhere … */
const triesMax = 3;
/** … for this long; networks change. */
const rememberedMs = 120_000;
/** Introductions that follow each other faster are one try. */
const tryMs = 5_000;

/** What is known of an introduction, in one small number: */
const told = 1;
const triesAt = 1;
const triesMask = 3;
const timeAt = 3;
/** The lowest bits of the time: some 37 hours. */
const timeMask = 2 ** 27 - 1;

/** Of each: the other peer, and what is known of it. */
const entryLength = 2;

/**
 * Whom one peer was told of, or who of it, and whom it has not been connected to since. A pair that
 * is tried again and again costs both of them time; one that is never tried again may have had bad
 * luck once. One flat list: each choice of a peer looks through the lists of half a dozen, and what
 * that costs is memory that isn't at hand.
 */
export class Introductions<Peer extends object> {
  readonly #entries: (Peer | number)[] = [];
  /** Where the next one stands once there are too many. */
  #next = 0;

  get isEmpty(): boolean {
    return this.#entries.length === 0;
  }

  /** `wasTold`: this peer was told of the other one, and not the other way round. */
  add(other: Peer, wasTold: boolean, nowMs: number): void {
    const entries = this.#entries;
    const at = entries.indexOf(other);
    const isTold = wasTold ? told : 0;
    if (at < 0) {
      const isFull = entries.length >= rememberedMax * entryLength;
      this.#put(isFull ? this.#next : entries.length, other, known(nowMs, 1, isTold));
      if (isFull) this.#next = (this.#next + entryLength) % (rememberedMax * entryLength);
      return;
    }
    const before = this.#knownAt(at) | isTold;
    const isNewTry = passedMs(before, nowMs) >= tryMs;
    const tries = Math.min(triesMax, triesOf(before) + 1);
    entries[at + 1] = isNewTry ? known(nowMs, tries, before & told) : before;
  }

  /**
   * The two have met, as their signals show. True: this peer was told of the other one, and that
   * counts now. They are still remembered: whether they stay connected can't be seen.
   */
  met(other: Peer): boolean {
    const at = this.#entries.indexOf(other);
    if (at < 0) return false;
    const before = this.#knownAt(at);
    this.#entries[at + 1] = before & ~told;
    return (before & told) !== 0;
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
    const entries = this.#entries;
    let connected = 0;
    let kept = 0;
    for (let at = 0; at < entries.length; at += entryLength) {
      const other = entries[at] as Peer;
      const about = this.#knownAt(at);
      if (isConnected(other)) connected += about & told;
      else if (passedMs(about, nowMs) <= rememberedMs) {
        failed(other, triesOf(about) >= triesMax);
        this.#put(kept, other, about);
        kept += entryLength;
      }
    }
    entries.length = kept;
    this.#next = 0;
    return connected;
  }

  #knownAt(at: number): number {
    return this.#entries[at + 1] as number;
  }

  #put(at: number, other: Peer, about: number): void {
    this.#entries[at] = other;
    this.#entries[at + 1] = about;
  }
}

/** The last introduction, which was a try, so many tries in all, and whether it was told. */
function known(nowMs: number, tries: number, isTold: number): number {
  return ((nowMs & timeMask) << timeAt) | (tries << triesAt) | isTold;
}

function triesOf(about: number): number {
  return (about >> triesAt) & triesMask;
}

/** Since the last try; 0 where the clock was set back. */
function passedMs(about: number, nowMs: number): number {
  const passed = (nowMs - (about >> timeAt)) & timeMask;
  return passed > timeMask / 2 ? 0 : passed;
}
