import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { anyCharacter } from '../service/testing/any-character.js';
import type { LogRecord } from '../kafka/index.js';
import {
  announceLimits,
  browsers,
  cdnReasons,
  codec,
  failures,
  playerStates,
  roles,
  type Announce,
  type AnnounceBatch,
} from '../schemas/index.js';
import { writeAnnounceRows } from './announce-rows.js';
import { AnnounceTranscoder } from './announce-transcoder.js';
import { RowBinaryWriter } from '../clickhouse/index.js';

const intervalMs = 60_000;

function recordOf(value: Buffer | null): LogRecord {
  return {
    partition: 5,
    offset: 2 ** 33 + 7,
    logAppendTimeMs: 1_700_000_000_200,
    key: null,
    value,
  };
}

/** What the codec makes of a record: rows, or nothing where it refuses it. */
function decodedRows(value: Buffer): Buffer | undefined {
  const decoded = codec().decode(value);
  if (!decoded.ok || decoded.record.type !== 'AnnounceBatch') return undefined;
  const writer = new RowBinaryWriter();
  writeAnnounceRows(writer, recordOf(value), decoded.record.value, intervalMs);
  return writer.take();
}

const {
  numberMax,
  timeMax,
  segmentMax,
  durationMsMax,
  gaugeMsMax,
  countMax,
  bytesMax,
  bitrateKbpsMax,
  playbackRatePercentMax,
} = announceLimits;

/** Values to the bound, often at it, sometimes just beyond. */
function upTo(max: number, min = 0): fc.Arbitrary<number> {
  return fc.oneof(
    { weight: 20, arbitrary: fc.integer({ min, max }) },
    { weight: 5, arbitrary: fc.integer({ min, max: Math.min(max, 300) }) },
    { weight: 2, arbitrary: fc.constantFrom(min, max) },
  );
}

function nullable(max: number): fc.Arbitrary<number | null> {
  return fc.oneof(fc.constant(null), upTo(max));
}

function text(lengthMax: number): fc.Arbitrary<string> {
  return fc.oneof(
    {
      weight: 6,
      arbitrary: fc.string({ minLength: 1, maxLength: lengthMax, unit: 'binary-ascii' }),
    },
    {
      weight: 2,
      arbitrary: fc.string({ minLength: 1, maxLength: lengthMax / 2, unit: anyCharacter }),
    },
    { weight: 1, arbitrary: fc.constantFrom('a'.repeat(lengthMax), 'é'.repeat(lengthMax)) },
  );
}

const announce: fc.Arbitrary<Announce> = fc.record({
  stream: text(announceLimits.streamLengthMax),
  session: fc.uint8Array({ minLength: 16, maxLength: 16 }).map((bytes) => Buffer.from(bytes)),
  number: upTo(numberMax),
  time: upTo(timeMax),
  segment: upTo(segmentMax, -1),
  quality: text(announceLimits.qualityLengthMax),
  browser: fc.constantFrom(...browsers),
  state: fc.constantFrom(...playerStates),
  watchedMs: upTo(durationMsMax),
  stalledMs: upTo(durationMsMax),
  stalls: upTo(countMax),
  startupMs: nullable(gaugeMsMax),
  cdnBytes: upTo(bytesMax),
  peerBytes: upTo(bytesMax),
  uploadedBytes: upTo(bytesMax),
  peers: upTo(countMax),
  bufferLengthMs: nullable(gaugeMsMax),
  liveLatencyMs: nullable(gaugeMsMax),
  encodedBitrateKbps: nullable(bitrateKbpsMax),
  throughputKbps: nullable(bitrateKbpsMax),
  playbackRatePercent: nullable(playbackRatePercentMax),
  droppedFrames: upTo(countMax),
  errors: upTo(countMax),
  role: fc.constantFrom(...roles),
  failure: fc.constantFrom(...failures),
  cdnReason: fc.constantFrom(...cdnReasons),
  viewer: fc.option(
    fc.uint8Array({ minLength: 16, maxLength: 16 }).map((bytes) => Buffer.from(bytes)),
  ),
  facets: fc.oneof(fc.subarray([0, 1, 2]), fc.subarray([2, 3])),
  errorsNetwork: upTo(countMax),
  errorsMedia: upTo(countMax),
  errorsDrm: upTo(countMax),
  errorsPlayer: upTo(countMax),
  qualitySwitches: upTo(countMax),
  startingMs: upTo(durationMsMax),
  seekingMs: upTo(durationMsMax),
  pausedMs: upTo(durationMsMax),
  waitingMs: upTo(durationMsMax),
  seederBytes: upTo(bytesMax),
  connectionsTried: upTo(countMax),
  connectionsMade: upTo(countMax),
});

const batch: fc.Arbitrary<AnnounceBatch> = fc.record({
  tracker: fc.string({ maxLength: 200 }),
  written: fc.integer({ min: -(2 ** 51), max: 2 ** 51 }),
  facetValues: fc.constant([
    { facet: 'country', value: 'CZ' },
    { facet: 'device', value: 'tv' },
    { facet: 'label.plan', value: 'Aréna "1" <b>' },
    { facet: 'country', value: '€'.repeat(64) },
  ]),
  announces: fc.array(announce, { minLength: 1, maxLength: 8 }),
});

/** The fields that a bound holds, each with a value beyond it and one below. */
const beyondBounds: readonly (readonly [field: keyof Announce, values: readonly unknown[]])[] = [
  ['stream', ['', '*', 'a'.repeat(101), 'é'.repeat(101), '😀'.repeat(51)]],
  ['quality', ['', 'a'.repeat(33), 'é'.repeat(33)]],
  ['number', [-1]],
  ['segment', [-2, -(2 ** 31)]],
  ['time', [-1, timeMax + 1, Number.MAX_SAFE_INTEGER - 1]],
  ['watchedMs', [-1, durationMsMax + 1]],
  ['stalledMs', [-1, durationMsMax + 1]],
  ['stalls', [-1, countMax + 1]],
  ['startupMs', [-1, gaugeMsMax + 1]],
  ['cdnBytes', [-1, bytesMax + 1, Number.MAX_SAFE_INTEGER - 1, Number.MIN_SAFE_INTEGER + 1]],
  ['peerBytes', [-1, bytesMax + 1]],
  ['uploadedBytes', [-1, bytesMax + 1]],
  ['peers', [-1, countMax + 1]],
  ['bufferLengthMs', [-1, gaugeMsMax + 1]],
  ['liveLatencyMs', [-1, gaugeMsMax + 1]],
  ['encodedBitrateKbps', [-1, bitrateKbpsMax + 1]],
  ['throughputKbps', [-1, bitrateKbpsMax + 1]],
  ['playbackRatePercent', [-1, playbackRatePercentMax + 1]],
  ['droppedFrames', [-1, countMax + 1]],
  ['errors', [-1, countMax + 1]],
];
/** Those that came with the second version. */
const beyondBoundsOfSecond: typeof beyondBounds = [
  ['facets', [[4], [0, 3], [1, 1], [-1], new Array(17).fill(2)]],
  ['qualitySwitches', [-1, countMax + 1]],
  ['pausedMs', [-1, durationMsMax + 1]],
  ['seederBytes', [-1, bytesMax + 1]],
  ['connectionsMade', [-1, countMax + 1]],
];

describe.each([1, 2])('the transcoder of batches by version %s', (version) => {
  const encode = (value: AnnounceBatch): Buffer => codec().encode('AnnounceBatch', value, version);

  it('takes every batch that a tracker may write, and makes the rows that decoding makes', () => {
    fc.assert(
      fc.property(batch, (value) => {
        fc.pre(value.announces.every(({ stream }) => stream !== '*'));
        const bytes = encode(value);
        const transcoder = new AnnounceTranscoder(intervalMs);
        expect(transcoder.transcode(recordOf(bytes))).toBe(value.announces.length);
        expect(transcoder.take()).toEqual(decodedRows(bytes));
      }),
      { numRuns: 100 },
    );
  });

  it('takes a damaged batch only where decoding takes it, and makes the same rows then', () => {
    const damage = fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })), {
      minLength: 1,
      maxLength: 3,
    });
    const cut = fc.oneof(fc.constant(0), fc.integer({ min: -5, max: 40 }));
    let [taken, refused] = [0, 0];
    fc.assert(
      fc.property(batch, damage, cut, (value, places, cutBytes) => {
        const whole = encode(value);
        for (const [place, byte] of places) whole[10 + (place % (whole.length - 10))] = byte;
        const damaged =
          cutBytes < 0
            ? Buffer.concat([whole, Buffer.alloc(-cutBytes)])
            : whole.subarray(0, Math.max(10, whole.length - cutBytes));
        const transcoder = new AnnounceTranscoder(intervalMs);
        const rowCount = transcoder.transcode(recordOf(damaged));
        if (rowCount > 0) expect(transcoder.take()).toEqual(decodedRows(damaged));
        else expect(transcoder.take().length).toBe(0);
        if (rowCount > 0) taken += 1;
        else refused += 1;
      }),
      { numRuns: 600 },
    );
    expect(Math.min(taken, refused)).toBeGreaterThan(30);
  });

  it.each([...beyondBounds, ...(version === 1 ? [] : beyondBoundsOfSecond)])(
    'leaves a batch to the codec whose %s is out of bounds',
    (field, values) => {
      const [valid] = fc.sample(announce, { numRuns: 1, seed: 7 });
      for (const value of values) {
        const announces = [
          { ...valid, stream: 'arena' },
          { ...valid, stream: 'arena', [field]: value },
        ];
        const bytes = encode({
          tracker: 't1',
          written: 1,
          announces: announces as Announce[],
        });
        expect(codec().decode(bytes)).toMatchObject({ ok: false, reason: 'out_of_bounds' });
        const transcoder = new AnnounceTranscoder(intervalMs);
        expect(transcoder.transcode(recordOf(bytes))).toBe(0);
        expect(transcoder.take().length).toBe(0);
      }
    },
  );

  it('keeps what came before a batch that it leaves, and goes on after it', () => {
    const [first, second] = fc.sample(batch, { numRuns: 2, seed: 3 }).map((value) => encode(value));
    if (first === undefined || second === undefined) throw new Error('no samples');
    const transcoder = new AnnounceTranscoder(intervalMs);
    transcoder.transcode(recordOf(first));
    expect(transcoder.transcode(recordOf(second.subarray(0, -1)))).toBe(0);
    transcoder.append(Buffer.from('rows of elsewhere'));
    transcoder.transcode(recordOf(second));
    const rows = [decodedRows(first), Buffer.from('rows of elsewhere'), decodedRows(second)];
    expect(transcoder.take()).toEqual(Buffer.concat(rows.map((part) => part ?? Buffer.alloc(0))));
  });

  it('leaves other records and no bytes at all to the codec', () => {
    const transcoder = new AnnounceTranscoder(intervalMs);
    const mark = codec().encode('Mark', { owner: 'r1', written: 5 });
    const none = encode({ tracker: 't1', written: 1, announces: [] });
    for (const value of [null, Buffer.alloc(0), mark, none]) {
      expect(transcoder.transcode(recordOf(value))).toBe(0);
    }
    expect(transcoder.take().length).toBe(0);
  });
});
