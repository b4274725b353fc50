/** Bytes that are sent as a text frame, whatever they are. */
export interface TextBytes {
  readonly textBytes: Buffer;
}

/** A text frame, or as a Buffer a binary one. */
export type Frame = string | Buffer | TextBytes;

/** A frame with something wrong or odd in it, and what is said of it. */
export interface BadFrame {
  readonly name: string;
  readonly frame: Frame;
  /** A part of the answer, or the code of the close that comes without one. */
  readonly answer: string | number;
}

export function badFrame(name: string, frame: Frame, answer: string | number): BadFrame {
  return { name, frame, answer };
}

const levels = 30_000;
/** JSON as deep as it can be. */
export const deepJson = `${'['.repeat(levels)}${']'.repeat(levels)}`;

/** JSON fields that cost most to be put in order, by what they are; so many bytes at most. */
export function costlyFields(bytesMax: number): readonly (readonly [what: string, json: string])[] {
  return [
    ['names that are numbers', fields(bytesMax, (index) => String(index * 2 ** 20))],
    ['many names', fields(bytesMax, (index) => `n${index}`)],
    ['one name again and again', fields(bytesMax, () => 'n')],
  ];
}

function fields(bytesMax: number, nameOf: (index: number) => string): string {
  const made: string[] = [];
  for (let bytes = 0; bytes < bytesMax - 32; bytes += (made.at(-1)?.length ?? 0) + 1) {
    made.push(`"${nameOf(made.length)}":1`);
  }
  return made.join(',');
}

/** The JSON of an object, made so long by a field `x`. */
export function paddedTo(bytes: number, json: string): string {
  const begin = `${json.slice(0, -1)},"x":"`;
  return `${begin}${'x'.repeat(bytes - Buffer.byteLength(begin) - 2)}"}`;
}
