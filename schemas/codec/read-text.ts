import type { InternedStrings } from './interned-strings.js';
import type { VarintReader } from './varint-reader.js';

/** A string, its length first; the numbers are broken where it isn't allowed or isn't all there. */
export function readText(numbers: VarintReader, strings: InternedStrings): string {
  const { bytes } = numbers;
  const length = numbers.whole(bytes.length - numbers.position);
  const start = numbers.position;
  const end = start + length;
  numbers.position = end;
  const text = end <= bytes.length ? strings.read(bytes, start, end) : undefined;
  if (text === undefined) numbers.isBroken = true;
  return text ?? '';
}
