import { describe, expect, it } from '@jest/globals';
import { partitionOfStream } from '../../kafka/index.js';
import { codec, headerOfSchema, type PartialBatch } from '../../schemas/index.js';
import { testCell } from '../testing/cell.js';
import { encodePartials, inRequests, type PartialsEncoding } from './partial-batches.js';
import type { UnusableMinute } from '../set-aside.js';
import { nothingSetAside } from '../testing/stage-parts.js';

function decode(value: Buffer): PartialBatch {
  const decoded = codec().decode(value);
  if (!decoded.ok || decoded.record.type !== 'PartialBatch') throw new Error('not a PartialBatch');
  return decoded.record.value;
}

const usual: PartialsEncoding = {
  partialPartitions: 1,
  recordsVersion: 3,
  setAside: nothingSetAside,
};

describe('encodePartials', () => {
  it('puts every stream once into the partition of its name', () => {
    const names = Array.from({ length: 50 }, (_, index) => `stream-${index}`);
    const streams = names.map((stream) => ({ stream, cells: [testCell()] }));
    const plan = { version: 9, minutes: [{ minute: 3, streams }], closedBefore: 4, finalBefore: 0 };
    const records = encodePartials(5, plan, { ...usual, partialPartitions: 4 });
    const seen: string[] = [];
    for (const { partition, value } of records) {
      const batch = decode(value);
      expect(batch).toMatchObject({ inputPartition: 5, minute: 3, version: 9 });
      for (const { stream } of batch.streams) {
        expect(partitionOfStream(stream, 4)).toBe(partition);
        seen.push(stream);
      }
    }
    expect(seen.sort()).toEqual(names.sort());
  });

  it.each([1, 2, 3])('stays below 512 KB a record by version %s', (recordsVersion) => {
    const counters = {
      cdnBytes: 2 ** 50,
      startupHistogram: new Array<number>(20).fill(2 ** 50),
      stallHistogram: new Array<number>(16).fill(2 ** 50),
    };
    const cells = Array.from({ length: 100 }, (_, index) =>
      testCell({ ...counters, quality: `rendition-${index}` }),
    );
    const streams = Array.from({ length: 60 }, (_, index) => ({ stream: `s${index}`, cells }));
    const plan = { version: 1, minutes: [{ minute: 3, streams }], closedBefore: 4, finalBefore: 0 };
    const records = encodePartials(0, plan, { ...usual, recordsVersion });
    expect(records.length).toBeGreaterThan(1);
    for (const { value } of records) expect(value.length).toBeLessThan(512 * 1024);
    const count = records.reduce((sum, { value }) => sum + decode(value).streams.length, 0);
    expect(count).toBe(60);
  });
});

describe('a stream with what only a later version has', () => {
  const facets = [{ facet: 'country', value: 'CZ', counts: [0, 1] }];
  it.each([
    ['as it is asked for', { viewers: 1, stalls: 2 }, {}, 1],
    ['by the second', { viewers: 1, stalls: 2, viewsBegun: 1 }, {}, 2],
    ['by the second', { latencyHistogram: [0, 1].concat(new Array<number>(19).fill(0)) }, {}, 2],
    ['by the third', { viewers: 1 }, { facets }, 3],
  ])('is written %s: %j', (_how, counters, more, version) => {
    const streams = [{ stream: 'arena', cells: [testCell(counters)], ...more }];
    const plan = { version: 1, minutes: [{ minute: 3, streams }], closedBefore: 4, finalBefore: 0 };
    const [record] = encodePartials(0, plan, { ...usual, recordsVersion: 1 });
    const value = record?.value ?? Buffer.alloc(0);
    const header = headerOfSchema(`partial-batch.v${version}`);
    expect(value.subarray(0, header.length)).toEqual(header);
    expect(decode(value).streams).toEqual(streams);
  });
});

describe('a stream whose cells cannot be encoded', () => {
  it('is set aside by its minute, which stage 2 is told, and all others go out', () => {
    const cursed = testCell({ cdnBytes: 0.5 });
    const streams = [
      { stream: 'arena', cells: [testCell()] },
      { stream: 'cursed', cells: [cursed] },
      { stream: 'studio', cells: [testCell()] },
    ];
    const plan = { version: 1, minutes: [{ minute: 3, streams }], closedBefore: 4, finalBefore: 0 };
    const setAside: UnusableMinute[] = [];
    const records = encodePartials(0, plan, {
      ...usual,
      setAside: (one) => setAside.push(one),
    });
    const sent = records.flatMap(({ value }) => decode(value).streams);
    expect(sent.map(({ stream }) => stream)).toEqual(['arena', 'cursed', 'studio']);
    expect(sent.filter(({ cells }) => cells.length === 0).map(({ stream }) => stream)).toEqual([
      'cursed',
    ]);
    expect(setAside).toMatchObject([{ where: 'partials', stream: 'cursed', minute: 3 }]);
  });
});

describe('a stream with more facets than a record takes', () => {
  it('goes out without them, which is told', () => {
    const counts = Array.from({ length: 36 }, (_, place) => [place, 2 ** 50]).flat();
    const facets = Array.from({ length: 4_000 }, (_, value) => ({
      facet: 'network',
      value: `AS${value}`,
      counts,
    }));
    const arena = { stream: 'arena', cells: [testCell({ viewers: 3 })] };
    const streams = [
      { stream: 'studio', cells: [testCell()] },
      { ...arena, facets },
    ];
    const plan = { version: 1, minutes: [{ minute: 3, streams }], closedBefore: 4, finalBefore: 0 };
    const setAside: UnusableMinute[] = [];
    const records = encodePartials(0, plan, { ...usual, setAside: (one) => setAside.push(one) });
    expect(setAside).toMatchObject([{ where: 'partials', stream: 'arena', minute: 3 }]);
    expect(Math.max(...records.map(({ value }) => value.length))).toBeLessThan(1_000_000);
    expect(records.flatMap(({ value }) => decode(value).streams)).toMatchObject([
      { stream: 'studio' },
      { ...arena, facets: [] },
    ]);
  });
});

describe('inRequests', () => {
  const record = (partition: number, bytes: number) => ({
    partition,
    key: `${partition}`,
    value: Buffer.alloc(bytes),
  });

  it('makes one request of all, each partition once there with its records in order', () => {
    const records = [record(1, 10), record(0, 20), record(1, 30), record(0, 40)];
    expect(inRequests(records)).toEqual([
      [
        { partition: 1, records: [records[0], records[2]] },
        { partition: 0, records: [records[1], records[3]] },
      ],
    ]);
  });

  it('makes another one where it would be above 512 KB, and never an empty one', () => {
    const records = [
      record(0, 300_000),
      record(1, 200_000),
      record(0, 100_000),
      record(0, 524_288),
    ];
    const requests = inRequests(records);
    expect(requests.map((request) => request.map(({ partition }) => partition))).toEqual([
      [0, 1],
      [0],
      [0],
    ]);
    expect(inRequests([])).toEqual([]);
  });
});
