import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { announceLimits, reportedFields, reportedNumber } from '../announce-fields.js';
import { newestRecordsVersion } from '../records-version.js';
import type { FacetValue, ToldAnnounce } from '../records.js';
import { arbitraryRecord } from '../testing/arbitrary-records.js';
import { placedBatch } from '../testing/placed-facets.js';
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
/** More of them than an announce may have. */
const facetValues = Array.from({ length: 20 }, (_, index): FacetValue => ({
  facet: `facet ${index}`,
  value: '€'.repeat(1 + index),
}));
const facets = fc.oneof(
  { weight: 9, arbitrary: fc.subarray(facetValues, { maxLength: 6 }) },
  { weight: 1, arbitrary: fc.subarray(facetValues, { minLength: 15 }) },
);
const announces = fc
  .tuple(
    arbitraryRecord('AnnounceBatch'),
    fc.array(changes, { maxLength: 3 }),
    fc.array(facets, { minLength: 4, maxLength: 4 }),
  )
  .map(([batch, those, told]) => ({
    ...batch,
    announces: batch.announces.map((announce, index): ToldAnnounce => ({
      ...announce,
      facets: told[index] ?? [],
      // Most of them are to be good ones.
      ...Object.fromEntries(Object.entries(those[index] ?? {}).slice(0, 1)),
    })),
  }));

/** Whether the general codec writes it, and believes what it then reads. */
function isBelieved(announce: ToldAnnounce, schema: number): boolean {
  const batch = placedBatch({ tracker: 't', written: 1 }, [announce]);
  try {
    return codec().decode(codec().encode('AnnounceBatch', batch, schema)).ok;
  } catch {
    return false;
  }
}

/** As far as that version of the records has it. */
function asOf(version: number, announce: ToldAnnounce): ToldAnnounce {
  return version === newestRecordsVersion ? announce : { ...announce, facets: [] };
}

describe('an encoder of announces', () => {
  it.each([
    [1, 1],
    [2, 2],
    [newestRecordsVersion, 2],
  ])(
    'takes what readers of version %i believe, and writes the bytes that avsc writes by schema %i',
    (version, schema) => {
      const seen = { taken: 0, refused: 0 };
      const encoder = new AnnounceEncoder(version);
      fc.assert(
        fc.property(announces, (batch) => {
          const taken = batch.announces.filter((announce) => {
            const before = encoder.bytes;
            const isTaken = encoder.put(announce);
            expect(isTaken).toBe(isBelieved(asOf(version, announce), schema));
            if (!isTaken) expect(encoder.bytes).toBe(before);
            seen[isTaken ? 'taken' : 'refused'] += 1;
            return isTaken;
          });
          const put = encoder.take();
          expect(encoder.bytes).toBe(0);
          if (taken.length === 0) return;
          const written = taken.map((announce) => asOf(version, announce));
          expect(encodeAnnounceBatch(version, batch, taken.length, put)).toEqual(
            codec().encode('AnnounceBatch', placedBatch(batch, written, put.facetValues), schema),
          );
        }),
        { numRuns: 1_000 },
      );
      expect(seen.taken).toBeGreaterThan(500);
      expect(seen.refused).toBeGreaterThan(100);
    },
  );
});
