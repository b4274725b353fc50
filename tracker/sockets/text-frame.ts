/** How a frame begins that is a whole text (RFC 6455 §5.2). */
export const finalText = 0x81;
const shortBytesMax = 125;
const mediumBytesMax = 0xffff;

/**
 * A text frame as servers send it: whole, not masked. It is a binary string, one
 * character a byte: such strings are joined for nothing, and Node writes them as they are.
 */
export function textFrame(text: string): string {
  // Nothing but ASCII has as many bytes as characters.
  const isAscii = Buffer.byteLength(text) === text.length;
  return asciiFrame(isAscii ? text : Buffer.from(text).toString('latin1'));
}

/** The same of a text that has a character for each byte. */
export function asciiFrame(text: string): string {
  return frameHeader(text.length) + text;
}

function frameHeader(bytes: number): string {
  if (bytes <= shortBytesMax) return String.fromCharCode(finalText, bytes);
  if (bytes <= mediumBytesMax) {
    return String.fromCharCode(finalText, 126, bytes >>> 8, bytes & 0xff);
  }
  const header = Buffer.alloc(10);
  header[0] = finalText;
  header[1] = 127;
  header.writeUIntBE(bytes, 4, 6);
  return header.toString('latin1');
}
