import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { announceLimits, reportedFields, reportedNumber } from '../announce-fields.js';
import type { Announce } from '../records.js';
import { arbitraryRecord } from '../testing/arbitrary-records.js';
import { AnnounceEncoder, encodeAnnounceBatch } from './announce-encoder.js';
import { codec } from './codec.js';

const { numberMax, timeMax } = announceLimits;

/** Numbers at their bounds, beyond them, and none that an announce can have. */
const numberOf = (min: number, max: number): fc.Arbitrary<number> =>
  fc.oneof(
    fc.constantFrom(min, max, max - 1, Math.floor(max / 3)),
    fc.constantFrom(min - 1, max + 1, 0.5, Number.NaN, Infinity, 2 ** 53),
  );
const changes = fc.record(
  {
    number: numberOf(0, numberMax),
    time: numberOf(0, timeMax),
    ...Object.fromEntries(
      reportedFields.map((field) => {
        const { min = 0, max, untold } = reportedNumber(field);
        const number = numberOf(min, max);
        return [field, untold === null ? fc.option(number) : number];
      }),
    ),
    stream: fc.constantFrom('', '*', 'x'.repeat(100), 'x'.repeat(101), 'höher ✓', '🎥\ud800'),
    quality: fc.constantFrom('', '720p', 'x'.repeat(32), 'x'.repeat(33), '\ud83c'),
    browser: fc.constantFrom('Safari', 'Opera'),
    state: fc.constantFrom('quit', 'buffering'),
    session: fc.constantFrom(16, 15, 17, 0).map((length) => Buffer.alloc(length, 7)),
  },
  { requiredKeys: [] },
);
const announces = fc
  .tuple(arbitraryRecord('AnnounceBatch'), fc.array(changes, { maxLength: 3 }))
  .map(([batch, those]) => ({
    ...batch,
    announces: batch.announces.map((announce, index) => ({
      ...announce,
      // Most of them are to be good ones.
      ...Object.fromEntries(Object.entries(those[index] ?? {}).slice(0, 1)),
    })),
  }));

/** Whether the general codec writes it, and believes what it then reads. */
function isBelieved(announce: Announce): boolean {
  try {
    return codec().decode(
      codec().encode('AnnounceBatch', { tracker: 't', written: 1, announces: [announce] }, 1),
    ).ok;
  } catch {
    return false;
  }
}

describe('an encoder of announces', () => {
  it('takes what readers believe, and writes the bytes that avsc writes', () => {
    const seen = { taken: 0, refused: 0 };
    const encoder = new AnnounceEncoder();
    fc.assert(
      fc.property(announces, (batch) => {
        const taken = batch.announces.filter((announce) => {
          const before = encoder.bytes;
          const isTaken = encoder.put(announce);
          expect(isTaken).toBe(isBelieved(announce));
          if (!isTaken) expect(encoder.bytes).toBe(before);
          seen[isTaken ? 'taken' : 'refused'] += 1;
          return isTaken;
        });
        const bytes = encoder.take();
        expect(encoder.bytes).toBe(0);
        if (taken.length === 0) return;
        expect(encodeAnnounceBatch(batch, taken.length, bytes)).toEqual(
          codec().encode('AnnounceBatch', { ...batch, announces: taken }, 1),
        );
      }),
      { numRuns: 1_000 },
    );
    expect(seen.taken).toBeGreaterThan(500);
    expect(seen.refused).toBeGreaterThan(100);
  });
});
