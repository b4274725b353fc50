import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { anyCharacter } from '../service/testing/any-character.js';
import { decodeNamePart, encodeNamePart, metricBase } from './names.js';

const text = fc.oneof(
  fc.string({ unit: anyCharacter }),
  fc.string({
    unit: fc.constantFrom('~', '.', '%', '*', '_', '-', ' ', 'a', 'Z', '0', '9', '/', 'é', '✓'),
  }),
);

describe('name parts of Graphite metrics', () => {
  it('leave letters, digits, underscores and hyphens as they are', () => {
    expect(encodeNamePart('Arena_main-2')).toBe('Arena_main-2');
  });

  it('encode every other byte, the tilde itself included', () => {
    expect(encodeNamePart('a.b~c é')).toBe('a~2Eb~7Ec~20~C3~A9');
  });

  it('have only signs that carbon and render targets take literally', () => {
    fc.assert(fc.property(text, (value) => /^[A-Za-z0-9_~-]*$/.test(encodeNamePart(value))));
  });

  it('come back as the text they were made of', () => {
    fc.assert(
      fc.property(text, (value) => {
        expect(decodeNamePart(encodeNamePart(value))).toBe(value);
      }),
    );
  });

  it.each(['a.b', '~', '~2', '~2e', '~41', '~FF', 'é'])('are never %p', (part) => {
    expect(decodeNamePart(part)).toBeUndefined();
  });

  it('decode to at most one text each', () => {
    const part = fc.string({
      unit: fc.constantFrom('~', '2', 'E', 'C', '3', 'A', '9', 'a', 'b', '-'),
    });
    fc.assert(
      fc.property(part, (value) => {
        const decoded = decodeNamePart(value);
        if (decoded !== undefined) expect(encodeNamePart(decoded)).toBe(value);
      }),
    );
  });
});

describe('metricBase', () => {
  it('encodes a stream name with dots and puts all streams under total', () => {
    expect(metricBase('viblast', 'a.b c')).toBe('viblast.streams.a~2Eb~20c');
    expect(metricBase('viblast', '*')).toBe('viblast.total');
  });
});
