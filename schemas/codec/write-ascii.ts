/**
 * Writes a text whose characters take a byte each, without the way into native code, which costs
 * more than a short text; where it ends, or −1 where it has others. There is room for it.
 */
export function writeAscii(bytes: Uint8Array, start: number, text: string): number {
  let position = start;
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index);
    if (unit >= 0x80) return -1;
    bytes[position++] = unit;
  }
  return position;
}
