export interface Waiting {
  readonly key: string;
  readonly value: Buffer;
}

interface Entry extends Waiting {
  readonly atMs: number;
}

export interface OutboxOptions {
  /** Of what waits for a partition: beyond it, what has waited longest is dropped. */
  readonly bytesMax: number;
  /** Of what is sent at once. */
  readonly batchBytesMax: number;
  /** What has waited longer isn't worth sending any more. */
  readonly waitMsMax: number;
  readonly onDropped: (count: number) => void;
}

/** Messages that wait for one partition, in order. Plain data; the clock is passed in. */
export class Outbox {
  #entries: Entry[] = [];
  #bytes = 0;

  constructor(private readonly options: OutboxOptions) {}

  add(waiting: Waiting, nowMs: number): void {
    this.#entries.push({ ...waiting, atMs: nowMs });
    this.#bytes += waiting.value.length;
    let dropped = 0;
    while (this.#bytes > this.options.bytesMax) {
      this.#bytes -= this.#entries[dropped]?.value.length ?? 0;
      dropped += 1;
    }
    this.#drop(dropped);
  }

  /** Takes out what is to be sent next. */
  take(nowMs: number): readonly Waiting[] {
    const { batchBytesMax, waitMsMax } = this.options;
    const isLate = ({ atMs }: Entry): boolean => nowMs - atMs > waitMsMax;
    const firstInTime = this.#entries.findIndex((entry) => !isLate(entry));
    const late = firstInTime < 0 ? this.#entries.length : firstInTime;
    for (const { value } of this.#entries.slice(0, late)) this.#bytes -= value.length;
    this.#drop(late);
    let count = 0;
    let bytes = 0;
    for (const { value } of this.#entries) {
      if (count > 0 && bytes + value.length > batchBytesMax) break;
      bytes += value.length;
      count += 1;
    }
    this.#bytes -= bytes;
    return this.#entries.splice(0, count);
  }

  #drop(count: number): void {
    if (count === 0) return;
    this.#entries.splice(0, count);
    this.options.onDropped(count);
  }
}
