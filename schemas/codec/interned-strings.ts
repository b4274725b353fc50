/**
 * Slots of the cache, several times as many as streams are expected (10 000); more different
 * values, or three for one pair of slots, are only decoded more often.
 */
const slots = 65_536;

interface Interned<Value> {
  readonly bytes: Uint8Array;
  readonly value: Value;
}

/**
 * Values by the bytes that they are written in, so that what repeats (a stream, a quality) is
 * decoded and checked once. A fixed number of slots, two for each value: bounded whatever the
 * input.
 */
export class InternedValues<Value> {
  readonly #slots = new Array<Interned<Value> | undefined>(slots).fill(undefined);
  #last: Interned<Value> | undefined;

  /**
   * `decode` is asked once for each value that is kept; where it isn't allowed (undefined) each
   * time.
   */
  constructor(private readonly decode: (bytes: Buffer) => Value | undefined) {}

  /**
   * The value of `bytes[start, end)`, which must be within the bytes; undefined when it isn't
   * allowed.
   */
  read(bytes: Uint8Array, start: number, end: number): Value | undefined {
    const last = this.#last;
    if (last !== undefined && isSame(last.bytes, bytes, start, end)) return last.value;
    let hash = end - start;
    for (let at = start; at < end; at += 1) hash = Math.imul(hash ^ (bytes[at] ?? 0), 0x01000193);
    const slot = (hash ^ (hash >>> 15)) & (slots - 1);
    const other = slot ^ 1;
    const present = this.#slots[slot];
    if (present !== undefined && isSame(present.bytes, bytes, start, end)) {
      this.#last = present;
      return present.value;
    }
    const second = this.#slots[other];
    if (second !== undefined && isSame(second.bytes, bytes, start, end)) {
      this.#last = second;
      return second.value;
    }
    // A copy: the bytes belong to a fetched batch, which would be kept alive.
    const copy = Uint8Array.prototype.slice.call(bytes, start, end);
    const value = this.decode(Buffer.from(copy.buffer));
    if (value === undefined) return undefined;
    this.#last = { bytes: copy, value };
    this.#slots[present === undefined || second !== undefined ? slot : other] = this.#last;
    return value;
  }
}

/** Strings of UTF-8, as far as they are allowed. */
export class InternedStrings extends InternedValues<string> {
  constructor(isAllowed: (text: string) => boolean) {
    super((bytes) => {
      const text = bytes.toString('utf8');
      return isAllowed(text) ? text : undefined;
    });
  }
}

function isSame(known: Uint8Array, bytes: Uint8Array, start: number, end: number): boolean {
  const { length } = known;
  if (length === 0 || length !== end - start) return false;
  for (let index = 0; index < length; index += 1) {
    if (known[index] !== bytes[start + index]) return false;
  }
  return true;
}
