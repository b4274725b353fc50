import fc from 'fast-check';

const surrogatesFrom = 0xd800;
const surrogates = 0x800;
const characters = 0x11_0000 - surrogates;

/**
 * Any character of Unicode, assigned or not, as fast-check's own `unit: 'binary'` has them: that
 * one takes a second for a table of all of them.
 */
export const anyCharacter = fc.nat({ max: characters - 1 }).map(
  (index) => String.fromCodePoint(index < surrogatesFrom ? index : index + surrogates),
  (value) => {
    const point = typeof value === 'string' ? value.codePointAt(0) : undefined;
    if (point === undefined || value !== String.fromCodePoint(point)) {
      throw new Error(`${String(value)} is no character`);
    }
    return point < surrogatesFrom ? point : point - surrogates;
  },
);
