import { describe, expect, it } from '@jest/globals';
import { Ajv } from 'ajv';
import fc from 'fast-check';
import { anyCharacter } from '../../service/testing/any-character.js';
import { clientMessages, protocolLimits, type AnnounceFields } from '../../protocol/index.js';
import { announceLimits, codec, reportedFields, reportedNumber } from '../../schemas/index.js';
import { announceOf } from '../announces/report.js';
import { reportOf } from '../testing/reports.js';
import { readAnnounces } from './read-announces.js';

const time = 1_700_000_000_000;
const dayMs = 86_400_000;
const session = {
  stream: 'arena',
  session: Buffer.alloc(16),
  browser: 'Edge',
  role: 'viewer',
  facets: [],
  viewer: null,
} as const;

/** What becomes of one announce with these fields besides its number and time. */
function read(fields: object) {
  return readAnnounces([{ number: 5, time, ...fields }]);
}

const kept = (fields: Parameters<typeof reportOf>[0] | object) => ({
  reports: [reportOf({ number: 5, time, ...fields })],
  implausible: [],
  tooMany: [],
  unreadable: { indexes: [], numbers: [] },
});

describe('reading announces', () => {
  it.each<[what: string, told: object, becomes: object]>([
    ['a DVR far behind', { liveLatencyMs: 1_800_000 }, { liveLatencyMs: 1_800_000 }],
    ['a long buffer', { bufferLengthMs: 604_000 }, { bufferLengthMs: 604_000 }],
    ['a start after a click', { startupMs: 900_000 }, { startupMs: 900_000 }],
    ['a day at most', { liveLatencyMs: 1e12 }, { liveLatencyMs: dayMs }],
    ['a segment that is a time', { segment: 15_385_550_390_000 }, { segment: -1 }],
    ['a negative segment', { segment: -1_031_974_141 }, { segment: -1 }],
    ['a segment of -1', { segment: -1 }, { segment: -1 }],
    ['a fraction', { watchedMs: 2_499.6, segment: 7.4 }, { watchedMs: 2_500, segment: 7 }],
    ['a fraction below 0', { stalledMs: -0.4, segment: -0.4 }, { stalledMs: 0, segment: 0 }],
    ['null', { watchedMs: null, startupMs: null, peers: null, segment: null }, {}],
    ['text for a number', { cdnBytes: '12', throughputKbps: '12', segment: '12' }, {}],
    ['an object for a number', { cdnBytes: {}, peers: [3], errors: true }, {}],
    ['a negative gauge', { bufferLengthMs: -3, peers: -1, playbackRatePercent: -100 }, {}],
    ['an endless bitrate', { throughputKbps: 1e308 }, { throughputKbps: 10_000_000 }],
    ['an endless number', { encodedBitrateKbps: Infinity }, { encodedBitrateKbps: 10_000_000 }],
    ['many peers', { peers: 1e9 }, { peers: announceLimits.countMax }],
    ['fast forward', { playbackRatePercent: 1e6 }, { playbackRatePercent: 10_000 }],
    ['a state that nobody knows', { state: 'buffering' }, { state: 'unknown' }],
    ['a state that is no word', { state: ['playing'] }, { state: 'unknown' }],
    ['a failure that nobody knows', { failure: 'exploded' }, { failure: 'none' }],
    ['a reason that nobody knows', { cdnReason: 'bored' }, { toldReason: undefined }],
    ['a long quality', { quality: 'x'.repeat(33) }, { quality: 'x'.repeat(33) }],
    ['a quality that is no text', { quality: 720 }, { quality: 720 }],
    ['half a character', { quality: '\ud83d' }, { quality: '\ud83d' }],
    ['fields of later versions', { mood: 'good', deep: [[[{}]]] }, {}],
  ])('keeps what can be kept: %s', (_what, told, becomes) => {
    expect(read(told)).toEqual(kept(becomes));
  });

  it.each<[what: string, told: object]>([
    ['more time than any announce has', { watchedMs: 3_600_000 }],
    ['negative time', { stalledMs: -1 }],
    ['negative bytes', { uploadedBytes: -0.6 }],
    ['more bytes than any announce has', { cdnBytes: 2 ** 36 + 1 }],
    ['endless bytes', { peerBytes: Infinity }],
    ['a huge count', { stalls: 1e308 }],
    ['negative errors', { errors: -5 }],
  ])('names by its number what can’t be true: %s', (_what, told) => {
    expect(read(told)).toMatchObject({ reports: [], implausible: [5] });
  });

  it.each<[what: string, announce: unknown, numbers: number[]]>([
    ['no object', 7, []],
    ['null', null, []],
    ['an array', [], []],
    ['no number', { time }, []],
    ['a number that is text', { number: '5', time }, []],
    ['a number that is NaN', { number: null, time }, []],
    ['half a number', { number: 2_499.6, time }, []],
    ['a number below 0', { number: -1, time }, []],
    ['a number of 2^31', { number: 2 ** 31, time }, []],
    ['no time', { number: 5 }, [5]],
    ['a time that is text', { number: 5, time: '1' }, [5]],
    ['a time that is NaN', { number: 5, time: null }, [5]],
  ])('names by its place what can’t be answered otherwise: %s', (_what, announce, numbers) => {
    const others = [
      { number: 1, time },
      { number: 2, time },
    ];
    const { reports, unreadable } = readAnnounces([others[0], announce, others[1]]);
    expect(reports.map(({ number }) => number)).toEqual([1, 2]);
    expect(unreadable).toEqual({ indexes: [1], numbers });
  });

  it('takes any time that is a number, rounded: whether it is in time is said by the number', () => {
    for (const [told, becomes] of [
      [time + 0.5, time + 1],
      [-5, -5],
      [1e300, 1e300],
    ] as const) {
      expect(readAnnounces([{ number: 0, time: told }]).reports[0]?.time).toBe(becomes);
    }
  });

  it('reads as many as may come together, and names the others', () => {
    const { announcesPerMessageMax } = protocolLimits;
    const announces = Array.from({ length: announcesPerMessageMax + 2 }, (_, number) => ({
      number,
      time,
      watchedMs: -number,
    }));
    const { reports, implausible, tooMany } = readAnnounces(announces);
    expect(reports.map(({ number }) => number)).toEqual([0]);
    expect(implausible).toHaveLength(announcesPerMessageMax - 1);
    expect(tooMany).toEqual([announcesPerMessageMax, announcesPerMessageMax + 1]);
  });

  it('reads each of two with the same number', () => {
    const { reports, implausible } = readAnnounces([
      { number: 1, time, cdnBytes: 1 },
      { number: 1, time, cdnBytes: 2 },
      { number: 1, time, cdnBytes: -2 },
    ]);
    expect(reports.map(({ cdnBytes }) => cdnBytes)).toEqual([1, 2]);
    expect(implausible).toEqual([1]);
  });

  it('takes whatever the published schema allows as it is', () => {
    const isAllowed = new Ajv({ strict: false }).compile(clientMessages.announce);
    const announce = fc.record(
      Object.fromEntries(
        reportedFields.map((field) => {
          const { min = 0, max } = reportedNumber(field);
          return [field, fc.constantFrom(min, 0, 1, max)];
        }),
      ),
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(announce, (fields) => {
        const told = { number: 5, time, ...fields } as AnnounceFields;
        expect(isAllowed({ type: 'announce', announces: [told] })).toBe(true);
        expect(read(told)).toEqual(kept(told));
      }),
    );
  });

  it('finds one place for each announce, and what it keeps every reader believes', () => {
    const value = fc.oneof(
      fc.jsonValue({ maxDepth: 2 }),
      fc.double(),
      fc.integer(),
      fc.maxSafeInteger(),
      fc.constantFrom(2 ** 31 - 1, -(2 ** 31), 2 ** 53, 1e308, -1e308, -0, 2_499.6, null, ''),
      fc.string({ unit: anyCharacter, maxLength: 40 }),
    );
    const names = ['number', 'time', 'quality', 'state', '__proto__', ...reportedFields];
    const number = fc.oneof({ weight: 4, arbitrary: fc.nat(2 ** 31 - 1) }, value);
    const announce = fc
      .record({ number, time: fc.oneof(fc.nat(9e15), value) }, { requiredKeys: [] })
      .chain((head) =>
        fc
          .dictionary(fc.constantFrom(...names.slice(2)), value)
          .map((fields): object => ({ ...fields, ...head })),
      );
    const anything = fc.oneof({ weight: 5, arbitrary: announce }, value);
    fc.assert(
      fc.property(fc.array(anything, { maxLength: 70 }), (announces) => {
        const text = JSON.stringify(announces);
        const sent = JSON.parse(text) as unknown[];
        const { reports, implausible, tooMany, unreadable } = readAnnounces(sent);
        const named = reports.length + implausible.length + tooMany.length;
        expect(named + unreadable.indexes.length).toBe(sent.length);
        const written = reports
          .filter((report) => report.time >= 0 && report.time <= announceLimits.timeMax)
          .map((report) => ({ ...announceOf(session, report, [], 'connected'), facets: [] }));
        if (written.length === 0) return;
        const batch = { tracker: 't', written: time, announces: written };
        const decoded = codec().decode(codec().encode('AnnounceBatch', batch));
        expect(decoded).toMatchObject({ ok: true, record: { value: batch } });
      }),
      { numRuns: 300 },
    );
  });
});
