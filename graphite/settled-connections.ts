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

  /** Connections up to this number are on disk. */
  get settledTo(): number {
    return this.#settledTo;
  }

  /** True: carbon has read something of which it isn't known yet whether it is on disk. */
  get isWaiting(): boolean {
    return this.#read.length > 0;
  }

  /** Carbon has ended its side after ours. Numbers grow. */
  ended(connection: { readonly number: number; readonly hasLines: boolean }, nowMs: number): void {
    for (let first = this.#read[0]; first !== undefined; first = this.#read[0]) {
      if (nowMs - first.atMs < onDiskWithinMs) break;
      this.#settledTo = first.number;
      this.#read.shift();
    }
    if (connection.hasLines) this.#read.push({ number: connection.number, atMs: nowMs });
  }

  /** Carbon may be another one from here on: what it hadn't on disk may be gone. */
  lost(): void {
    this.#read = [];
  }
}
