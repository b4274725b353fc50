/** A smaller piece costs less than keeping count of it. */
const bytesMin = 65_536;
/** A piece is used for what needs half of it at least. */
const wasteMax = 2;

/**
 * Memory for bytes that come and go in large pieces. V8 goes through its whole heap whenever what
 * is held outside of it has grown by some dozen megabytes, garbage or not; what is given back here
 * is used again instead. What isn't given back is garbage as ever.
 */
export class ReusedMemory {
  /** From small to large, each with how many had been given back before. */
  readonly #free: { readonly memory: ArrayBufferLike; readonly turn: number }[] = [];
  #turn = 0;
  readonly #lent = new WeakSet<ArrayBufferLike>();
  #freeBytes = 0;

  /** `freeBytesMax`: how much is kept while nobody uses it. */
  constructor(private readonly freeBytesMax: number) {}

  /** What waits to be used again, in bytes. */
  get freeBytes(): number {
    return this.#freeBytes;
  }

  /** So many bytes, with anything in them. */
  take(length: number): Buffer {
    if (length < bytesMin) return Buffer.allocUnsafe(length);
    const memory = this.#reuse(length) ?? Buffer.allocUnsafeSlow(length).buffer;
    this.#lent.add(memory);
    return Buffer.from(memory, 0, length);
  }

  /** Nobody reads what is in it any more. Ignored: memory that isn't from here. */
  giveBack(memory: ArrayBufferLike): void {
    if (!this.#lent.delete(memory)) return;
    const { byteLength } = memory;
    if (byteLength > this.freeBytesMax) return;
    // Sizes change: what nobody has needed for longest makes room.
    while (this.#freeBytes + byteLength > this.freeBytesMax) this.#dropOldest();
    this.#free.splice(this.#placeOf(byteLength), 0, { memory, turn: (this.#turn += 1) });
    this.#freeBytes += byteLength;
  }

  #reuse(length: number): ArrayBufferLike | undefined {
    const place = this.#placeOf(length);
    const { byteLength } = this.#free[place]?.memory ?? {};
    if (byteLength === undefined || byteLength > wasteMax * length) return undefined;
    return this.#takeOut(place);
  }

  #dropOldest(): void {
    let oldest = 0;
    for (const [place, { turn }] of this.#free.entries()) {
      if (turn < (this.#free[oldest]?.turn ?? 0)) oldest = place;
    }
    this.#takeOut(oldest);
  }

  #takeOut(place: number): ArrayBufferLike | undefined {
    const memory = this.#free.splice(place, 1)[0]?.memory;
    this.#freeBytes -= memory?.byteLength ?? 0;
    return memory;
  }

  /** Of the first piece that has so many bytes. */
  #placeOf(length: number): number {
    const place = this.#free.findIndex(({ memory }) => memory.byteLength >= length);
    return place === -1 ? this.#free.length : place;
  }
}
