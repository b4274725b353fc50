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
  /** What was given back longest ago comes first. */
  readonly #free: ArrayBufferLike[] = [];
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
    while (this.#freeBytes + byteLength > this.freeBytesMax) this.#takeOut(0);
    this.#free.push(memory);
    this.#freeBytes += byteLength;
  }

  /** The smallest that is large enough, and not much too large. */
  #reuse(length: number): ArrayBufferLike | undefined {
    let best = -1;
    let bestBytes = wasteMax * length + 1;
    for (const [place, { byteLength }] of this.#free.entries()) {
      if (byteLength < length || byteLength >= bestBytes) continue;
      best = place;
      bestBytes = byteLength;
    }
    return best < 0 ? undefined : this.#takeOut(best);
  }

  #takeOut(place: number): ArrayBufferLike | undefined {
    const [memory] = this.#free.splice(place, 1);
    this.#freeBytes -= memory?.byteLength ?? 0;
    return memory;
  }
}
