/**
 * How long carbon has to live on after it has read a point, until it has it on disk
 * (docs/exactness.md#what-it-needs).
 */
const onDiskWithinMs = 30_000;

interface Read {
  readonly number: number;
  readonly atMs: number;
}

/**
 * Of connections to one carbon, each opened before the one before it ended: which of them carbon
 * has on disk all that came by. Carbon has read all of a connection when it ends its side. That it
 * ends a later one 30 s after that shows that the same process has lived on and written it.
 */
export class SettledConnections {
  #read: Read[] = [];
  #settledTo = 0;
  #hasStuckLines = false;

  /** Connections up to this number are on disk. */
  get settledTo(): number {
    return this.#settledTo;
  }

  /** True: carbon has read something of which it isn't known yet whether it is on disk. */
  get isWaiting(): boolean {
    return this.#read.length > 0;
  }

  /**
   * Carbon has ended its side after ours. Numbers grow. True: what was written since the last loss
   * has to be written again. A carbon that hung reads, by turns, what was stuck and what came
   * instead of it, so older values may have come last; now it has read them.
   */
  ended(
    connection: { readonly number: number; readonly hasLines: boolean },
    nowMs: number,
  ): boolean {
    for (let first = this.#read[0]; first !== undefined; first = this.#read[0]) {
      if (nowMs - first.atMs < onDiskWithinMs) break;
      this.#settledTo = first.number;
      this.#read.shift();
    }
    if (connection.hasLines) this.#read.push({ number: connection.number, atMs: nowMs });
    const isStale = this.#hasStuckLines;
    this.#hasStuckLines = false;
    return isStale;
  }

  /**
   * Carbon may be another one from here on: what it hadn't on disk may be gone. `hasStuckLines`:
   * True: it may be the same, and read what was sent to it later.
   */
  lost(hasStuckLines: boolean): void {
    this.#read = [];
    this.#hasStuckLines ||= hasStuckLines;
  }
}
