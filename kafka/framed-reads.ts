import type { OnReadOpts } from 'node:net';

/** What a broker sends begins with its length. */
const lengthBytes = 4;
const receivedBytes = 65_536;
/** Longer than any answer: it is none of Kafka's, and is handed on as it comes. */
const frameBytesMax = 134_217_728;

/**
 * Where a socket to a broker puts what it reads, so that each answer is handed on whole: the bytes
 * of a long one go straight into its buffer (kafka/DEFECTS.md#a-long-answer-is-put-together-twice).
 */
export class FramedReads implements OnReadOpts {
  /** For short answers, and for the beginning of long ones. */
  readonly #received = Buffer.allocUnsafeSlow(receivedBytes);
  /** Bytes of a length that has not come whole. */
  readonly #length = Buffer.alloc(lengthBytes);
  #lengthRead = 0;
  #frame: Buffer | undefined;
  #frameRead = 0;
  #isUnframed = false;

  /** `memoryOf`: where a frame of so many bytes is put. */
  constructor(
    private readonly memoryOf: (length: number) => Buffer,
    private readonly onFrame: (frame: Buffer) => void,
  ) {}

  /** Where the next bytes go. */
  readonly buffer = (): Buffer => {
    const frame = this.#frame;
    if (frame === undefined || frame.length - this.#frameRead < receivedBytes) {
      return this.#received;
    }
    return frame.subarray(this.#frameRead);
  };

  readonly callback = (count: number, buffer: Uint8Array): boolean => {
    if (buffer === this.#received) this.#take(this.#received.subarray(0, count));
    else this.#advance(count);
    return true;
  };

  #take(bytes: Buffer): void {
    let at = 0;
    while (at < bytes.length) {
      if (this.#isUnframed) {
        this.onFrame(Buffer.from(bytes.subarray(at)));
        return;
      }
      if (this.#frame === undefined) at += this.#begin(bytes, at);
      else {
        const count = bytes.copy(this.#frame, this.#frameRead, at);
        at += count;
        this.#advance(count);
      }
    }
  }

  /** Reads of a frame's length what is there; how many bytes. */
  #begin(bytes: Buffer, at: number): number {
    const count = bytes.copy(this.#length, this.#lengthRead, at);
    this.#lengthRead += count;
    if (this.#lengthRead < lengthBytes) return count;
    this.#lengthRead = 0;
    const frameBytes = this.#length.readInt32BE(0);
    if (frameBytes < 0 || frameBytes > frameBytesMax) {
      this.#isUnframed = true;
      this.onFrame(Buffer.concat([this.#length, bytes.subarray(at + count)]));
      return bytes.length - at;
    }
    this.#frame = this.memoryOf(lengthBytes + frameBytes);
    this.#length.copy(this.#frame);
    this.#frameRead = 0;
    this.#advance(lengthBytes);
    return count;
  }

  #advance(count: number): void {
    this.#frameRead += count;
    const frame = this.#frame;
    if (frame === undefined || this.#frameRead < frame.length) return;
    this.#frame = undefined;
    this.onFrame(frame);
  }
}
