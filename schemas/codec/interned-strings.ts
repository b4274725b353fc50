/**
 * Slots of the cache, several times as many as streams are expected (10 000); more different
 * strings, or three for one pair of slots, are only decoded more often.
 */
const slots = 65_536;

interface Interned {
  readonly bytes: Uint8Array;
  readonly text: string;
}

/**
 * Strings by their UTF-8 bytes, so that what repeats (a stream, a quality) is decoded and checked
 * once. A fixed number of slots, two for each string: bounded whatever the input.
 */
export class InternedStrings {
  readonly #slots = new Array<Interned | undefined>(slots).fill(undefined);
  #last: Interned = { bytes: new Uint8Array(0), text: '' };

  /**
   * `isAllowed` decides once for each string that is kept; one that isn't allowed is asked about
   * each time.
   */
  constructor(private readonly isAllowed: (text: string) => boolean) {}

  /**
   * The string of `bytes[start, end)`, which must be within the bytes; undefined when it isn't
   * allowed.
   */
  read(bytes: Uint8Array, start: number, end: number): string | undefined {
    if (isSame(this.#last.bytes, bytes, start, end)) return this.#last.text;
    let hash = end - start;
    for (let at = start; at < end; at += 1) hash = Math.imul(hash ^ (bytes[at] ?? 0), 0x01000193);
    const slot = (hash ^ (hash >>> 15)) & (slots - 1);
    const other = slot ^ 1;
    const present = this.#slots[slot];
    if (present !== undefined && isSame(present.bytes, bytes, start, end)) {
      this.#last = present;
      return present.text;
    }
    const second = this.#slots[other];
    if (second !== undefined && isSame(second.bytes, bytes, start, end)) {
      this.#last = second;
      return second.text;
    }
    // A copy: the bytes belong to a fetched batch, which would be kept alive.
    const copy = Uint8Array.prototype.slice.call(bytes, start, end);
    const text = Buffer.from(copy.buffer).toString('utf8');
    if (!this.isAllowed(text)) return undefined;
    this.#last = { bytes: copy, text };
    this.#slots[present === undefined || second !== undefined ? slot : other] = this.#last;
    return text;
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
