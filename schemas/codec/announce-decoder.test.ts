import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { arbitraryRecord } from '../testing/arbitrary-records.js';
import { AnnounceColumns } from './announce-columns.js';
import { AnnounceDecoder } from './announce-decoder.js';
import { codec } from './codec.js';
import { announceLimits } from '../announce-fields.js';
import type { Announce, AnnounceBatch, FacetValue } from '../records.js';

/** What the columns hold, as plain data. */
function plain(columns: AnnounceColumns): unknown {
  return Array.from({ length: columns.count }, (_, row) => [
    columns.written,
    columns.streams[row],
    [...columns.sessions.subarray(row * 4, row * 4 + 4)],
    columns.numbers[row],
    columns.times[row],
    columns.qualities[row],
    columns.browsers[row],
    columns.roles[row],
    columns.failures[row],
    columns.cdnReasons[row],
    facetsOf(columns, row),
    ...Object.values(columns.counted).map((numbers) => numbers[row]),
  ]);
}

function facetsOf({ facets }: AnnounceColumns, row: number): unknown {
  const start = row === 0 ? 0 : facets.ends[row - 1];
  return Array.from(facets.places.subarray(start, facets.ends[row]), (place) => [
    facets.values[place]?.facet,
    facets.values[place]?.value,
  ]);
}

const decoder = new AnnounceDecoder();
const columns = new AnnounceColumns();

/**
 * The decoder may say no where the codec says yes, but never the other way round, nor with other
 * values.
 */
function agrees(bytes: Buffer): boolean {
  if (!decoder.decode(bytes, columns)) {
    expect(columns.count).toBe(0);
    return false;
  }
  const decoded = codec().decode(bytes);
  expect(decoded).toMatchObject({ ok: true, record: { type: 'AnnounceBatch' } });
  if (!decoded.ok || decoded.record.type !== 'AnnounceBatch') throw new Error('no batch');
  const expected = new AnnounceColumns();
  expected.fill(decoded.record.value);
  expect(plain(columns)).toEqual(plain(expected));
  return true;
}

/** Fields anywhere around their bounds. */
const edge = fc.constantFrom<Partial<Announce>>(
  {},
  ...(
    [
      ['number', announceLimits.numberMax],
      ['time', announceLimits.timeMax],
      ['watchedMs', announceLimits.durationMsMax],
      ['stalledMs', announceLimits.durationMsMax],
      ['stalls', announceLimits.countMax],
      ['startupMs', announceLimits.gaugeMsMax],
      ['cdnBytes', announceLimits.bytesMax],
      ['peerBytes', announceLimits.bytesMax],
      ['uploadedBytes', announceLimits.bytesMax],
      ['peers', announceLimits.countMax],
      ['bufferLengthMs', announceLimits.gaugeMsMax],
      ['liveLatencyMs', announceLimits.gaugeMsMax],
      ['encodedBitrateKbps', announceLimits.bitrateKbpsMax],
      ['throughputKbps', announceLimits.bitrateKbpsMax],
      ['playbackRatePercent', announceLimits.playbackRatePercentMax],
      ['droppedFrames', announceLimits.countMax],
      ['errors', announceLimits.countMax],
      ['qualitySwitches', announceLimits.countMax],
      ['pausedMs', announceLimits.durationMsMax],
      ['seederBytes', announceLimits.bytesMax],
    ] as const
  ).flatMap(([field, max]) =>
    (max === announceLimits.numberMax ? [-1, 0, max] : [-1, 0, max, max + 1]).map((value) => ({
      [field]: value,
    })),
  ),
  { segment: -2 },
  { segment: -1 },
  { segment: announceLimits.segmentMax },
  { stream: '' },
  { stream: '*' },
  { stream: '**' },
  { stream: 'x'.repeat(100) },
  { stream: 'x'.repeat(101) },
  { stream: '€'.repeat(100) },
  { stream: '😀'.repeat(50) },
  { stream: '😀'.repeat(51) },
  { quality: '' },
  { quality: '€'.repeat(32) },
  { quality: 'x'.repeat(33) },
);

/** Of three facets; some out of bounds, and more of them than one byte tells the places of. */
const facetValue = fc.record<FacetValue>({
  facet: fc.constantFrom('country', 'device', 'label.plan'),
  value: fc.oneof(
    { weight: 9, arbitrary: fc.stringMatching(/^[A-Z]{2}$/) },
    fc.constant('€'.repeat(64)),
  ),
});
const facetValues = fc.oneof(
  { weight: 9, arbitrary: fc.array(facetValue, { maxLength: 6 }) },
  fc.array(facetValue, { minLength: 100, maxLength: 200 }),
  fc.constantFrom([{ facet: '', value: 'x' }], [{ facet: 'country', value: 'x'.repeat(65) }]),
);
/** Of which values, some of one facet, some of none. */
const places = fc.oneof(
  { weight: 9, arbitrary: fc.uniqueArray(fc.nat(7), { maxLength: 3 }) },
  fc.array(fc.integer({ min: -1, max: 200 }), { maxLength: 20 }),
);

const batch = fc
  .tuple(
    arbitraryRecord('AnnounceBatch'),
    fc.array(edge, { maxLength: 3 }),
    facetValues,
    fc.array(places, { minLength: 4, maxLength: 4 }),
  )
  .map(([value, edges, values, told]): AnnounceBatch => {
    const { announces } = value;
    return {
      ...value,
      facetValues: values,
      announces: announces.map((one, index) => ({
        ...one,
        facets: values.length === 0 ? [] : (told[index] ?? []),
        ...edges[index],
      })),
    };
  });

describe.each([1, 2])('the decoder of announces by version %s', (version) => {
  const encode = (value: AnnounceBatch): Buffer => codec().encode('AnnounceBatch', value, version);

  it('takes what the codec takes, with the same values, and refuses what it refuses', () => {
    fc.assert(
      fc.property(batch, (value) => {
        const bytes = encode(value);
        expect(agrees(bytes)).toBe(codec().decode(bytes).ok);
      }),
      { numRuns: 400 },
    );
  });

  it('takes nothing that the codec refuses, whichever bytes are damaged, cut off or added', () => {
    let taken = 0;
    fc.assert(
      fc.property(
        batch,
        fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 3 }),
        // Whole as often as cut off or added to, so that enough of it can be taken.
        fc.oneof(fc.constant(0), fc.integer({ min: -20, max: 3 })),
        (value, damages, change) => {
          const whole = encode(value);
          const bytes = Buffer.concat([whole, Buffer.alloc(3)]).subarray(0, whole.length + change);
          for (const [at, byte] of damages) if (bytes.length > 0) bytes[at % bytes.length] = byte;
          if (agrees(bytes)) taken += 1;
        },
      ),
      { numRuns: 2_000 },
    );
    expect(taken).toBeGreaterThan(20);
  });

  it('tells apart by any single bit', () => {
    const [value] = fc.sample(
      batch.filter((one) => one.announces.length > 0),
      { numRuns: 1, seed: 5 },
    );
    if (value === undefined) throw new Error('no sample');
    const bytes = encode(value);
    for (let bit = 0; bit < bytes.length * 8; bit += 1) {
      const flipped = Buffer.from(bytes);
      flipped.writeUInt8(flipped.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
      agrees(flipped);
    }
  });

  it('leaves marks and what is nothing at all to the codec', () => {
    const mark = codec().encode('Mark', { owner: 'o', written: 1 });
    for (const bytes of [null, Buffer.alloc(0), mark]) {
      expect(decoder.decode(bytes, columns)).toBe(false);
    }
  });

  it('reads batches larger than any before', () => {
    const [one] = fc
      .sample(arbitraryRecord('AnnounceBatch'), { numRuns: 20, seed: 1 })
      .flatMap((value) => value.announces);
    if (one === undefined) throw new Error('no sample');
    const announces = Array.from({ length: 3_000 }, (_, number) => ({ ...one, number }));
    expect(agrees(encode({ tracker: 't', written: 1, announces }))).toBe(true);
    expect(columns.count).toBe(3_000);
  });
});
