/** WebSocket frames as bytes (RFC 6455 §5.2), for who needs them for next to nothing. */

const finalText = 0x81;
const isMasked = 0x80;
/** Not zero: a server that needn't unmask would look better than it is. */
const mask = [0x5a, 0xc3, 0x1e, 0x87] as const;

function maskAt(index: number): number {
  return mask[(index & 3) as 0 | 1 | 2 | 3];
}

/** A text frame that can be changed in place and sent again. ASCII, up to 64 KiB. */
export class ReusableFrame {
  readonly bytes: Buffer;
  readonly #payloadAt: number;

  constructor(text: string) {
    const { length } = text;
    const header =
      length < 126
        ? [finalText, isMasked | length]
        : [finalText, isMasked | 126, length >> 8, length & 0xff];
    this.bytes = Buffer.from([...header, ...mask, ...Buffer.from(text, 'latin1')]);
    this.#payloadAt = header.length + mask.length;
    this.put(0, text);
  }

  /** Writes `text` over what stands at this place of the payload. */
  put(at: number, text: string): void {
    for (let index = 0; index < text.length; index += 1) {
      this.bytes[this.#payloadAt + at + index] = text.charCodeAt(index) ^ maskAt(at + index);
    }
  }
}

/** Finds the frames in what a server sends, however it is split. Their payloads aren't masked. */
export class FrameReader {
  #rest: Buffer | undefined;

  /** `onFrame` is told of each whole frame's opcode and where its payload stands. */
  read(chunk: Buffer, onFrame: (opcode: number, bytes: Buffer, from: number, to: number) => void) {
    const bytes = this.#rest === undefined ? chunk : Buffer.concat([this.#rest, chunk]);
    let at = 0;
    while (at + 2 <= bytes.length) {
      const short = bytes[at + 1] ?? 0;
      const headerBytes = short < 126 ? 2 : short === 126 ? 4 : 10;
      if (at + headerBytes > bytes.length) break;
      const from = at + headerBytes;
      const length =
        short < 126
          ? short
          : short === 126
            ? bytes.readUInt16BE(at + 2)
            : bytes.readUInt32BE(at + 6);
      if (from + length > bytes.length) break;
      at = from + length;
      onFrame((bytes[at - length - headerBytes] ?? 0) & 0x0f, bytes, from, at);
    }
    this.#rest = at === bytes.length ? undefined : Buffer.from(bytes.subarray(at));
  }
}
