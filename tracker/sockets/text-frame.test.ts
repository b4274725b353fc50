import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { anyCharacter } from '../../service/testing/any-character.js';
import * as ws from 'ws';
import { textFrame } from './text-frame.js';

/** The same text as `ws` frames it. */
function frameOfWs(text: string): Buffer {
  const options = { fin: true, opcode: 1, mask: false, rsv1: false, readOnly: false };
  // The types of ws don't know its Sender.
  const { Sender } = ws as unknown as {
    readonly Sender: { readonly frame: (data: Buffer, options: object) => Buffer[] };
  };
  return Buffer.concat(Sender.frame(Buffer.from(text), options));
}

describe('a text frame', () => {
  it('is byte for byte what ws sends', () => {
    const anyText = fc.oneof(fc.string(), fc.string({ unit: anyCharacter, maxLength: 300 }));
    fc.assert(
      fc.property(anyText, (text) => {
        expect(Buffer.from(textFrame(text), 'latin1')).toEqual(frameOfWs(text));
      }),
    );
  });

  it.each([0, 125, 126, 65_535, 65_536, 200_000])('is right with %d bytes', (bytes) => {
    for (const text of ['a'.repeat(bytes), 'é'.repeat(bytes / 2)]) {
      expect(Buffer.from(textFrame(text), 'latin1').equals(frameOfWs(text))).toBe(true);
    }
  });
});
