import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { anyCharacter } from '../../service/testing/any-character.js';
import { quotedSdps, relayableText } from './relayable.js';

describe('what is relayed of a description', () => {
  const description = fc.record(
    {
      type: fc.string({ unit: anyCharacter }),
      sdp: fc.string({ unit: anyCharacter }),
      other: fc.jsonValue(),
    },
    { requiredKeys: ['type', 'sdp'] },
  );

  it('is what was told, whether it is written anew or as it stands in the frame', () => {
    fc.assert(
      fc.property(fc.array(description, { maxLength: 4 }), (offers) => {
        const frame = JSON.stringify({ offers });
        const sdps = quotedSdps(frame);
        for (const [index, offer] of offers.entries()) {
          const plain = JSON.parse(JSON.stringify(offer)) as unknown;
          const sdp = sdps.length === offers.length ? sdps[index] : undefined;
          for (const text of [relayableText(offer), relayableText(offer, sdp)]) {
            expect(JSON.parse(text ?? '')).toEqual(plain);
          }
        }
      }),
    );
  });

  it('is JSON whatever stands in the frame', () => {
    const odd = [
      '{"\\"sdp":"a\\"b\\\\","sdp":"c"}',
      '{"x":"\\\\","sdp":"\\\\\\"","y":"\\"sdp\\":\\"z"}',
      '{"sdp":"","sdp":{"sdp":"in"}}',
    ];
    expect(odd.map((text) => quotedSdps(text))).toEqual([
      ['"a\\"b\\\\"', '"c"'],
      ['"\\\\\\""'],
      ['""', '"in"'],
    ]);
    fc.assert(
      fc.property(fc.json(), fc.string(), (json, key) => {
        const text = `{${JSON.stringify(`${key}"sdp`)}:"x","in":${json},"sdp":${json}}`;
        for (const sdp of quotedSdps(text)) expect(typeof JSON.parse(sdp)).toBe('string');
      }),
    );
  });
});
