import { describe, expect, it } from '@jest/globals';
import { codec, type PackedStream } from '../../schemas/index.js';
import { testCell } from '../testing/cell.js';
import { packedPartials } from './packed-partials.js';
import { SharedDecoding } from './shared-decoding.js';

const value = (closedBefore: number): Buffer =>
  codec().encode('Progress', { inputPartition: 0, closedBefore, finalBefore: 0 });

describe('decoding that readers share', () => {
  it('is done once for two readers of a partition, and again for who comes a third time', () => {
    const decoding = new SharedDecoding();
    decoding.begin(3);
    decoding.begin(3);
    const record = { partition: 3, offset: 7, value: value(5) };
    const first = decoding.decode(record);
    expect(first).toEqual(codec().decode(record.value));
    expect(decoding.decode(record)).toBe(first);
    const third = decoding.decode(record);
    expect(third).toEqual(first);
    expect(third).not.toBe(first);
    expect(decoding.decode({ ...record, offset: 8 })).not.toBe(third);
    expect(decoding.decode({ ...record, partition: 4 })).not.toBe(third);
  });

  it('packs partials once for both', () => {
    const decoding = new SharedDecoding();
    decoding.begin(0);
    decoding.begin(0);
    const cell = testCell({ viewers: 3 });
    const streams = [{ stream: 'arena', cells: [cell] }];
    const batch = { inputPartition: 1, minute: 5, version: 9, streams };
    const record = { partition: 0, offset: 0, value: codec().encode('PartialBatch', batch) };
    const first = decoding.decode(record);
    if (!first.ok || first.record.type !== 'PartialBatch') throw new Error('no partials');
    const [arena] = first.record.value.streams;
    expect([arena?.stream, arena?.cellCount]).toEqual(['arena', 1]);
    expect([arena?.cells(), arena?.facets()]).toEqual([[cell], []]);
    expect(decoding.decode(record)).toBe(first);
  });

  it('keeps nothing for a partition with one reader, nor for one whose other has ended', () => {
    const decoding = new SharedDecoding();
    const end = decoding.begin(0);
    const record = { partition: 0, offset: 0, value: value(1) };
    expect(decoding.decode(record)).not.toBe(decoding.decode(record));
    decoding.begin(0);
    end();
    end();
    expect(decoding.decode(record)).not.toBe(decoding.decode(record));
  });

  it('keeps no total of a minute that one reader has dropped, nor of a partition it has left', () => {
    const decoding = new SharedDecoding();
    decoding.begin(0);
    const end = decoding.begin(0);
    const sharing = decoding.sharing(0);
    const streams = [{ stream: 'arena', cells: [testCell({ viewers: 3 })] }];
    const partsOf = (minute: number): readonly PackedStream[] =>
      packedPartials({ inputPartition: 0, minute, version: 1, streams }).streams;
    const all = [5, 6, 7].map(partsOf);
    const [, sixth = []] = all;
    for (const parts of all) sharing.keep(parts, { stream: 'arena', cells: [] });
    sharing.forgetBefore(6);
    expect(sharing.take(sixth)).toBeDefined();
    end();
    expect(all.map((parts) => sharing.take(parts))).toEqual([undefined, undefined, undefined]);
  });

  it('says of broken bytes what the codec says', () => {
    const decoding = new SharedDecoding();
    for (const bytes of [null, Buffer.from('x')]) {
      expect(decoding.decode({ partition: 0, offset: 0, value: bytes })).toEqual(
        codec().decode(bytes),
      );
    }
  });

  it('forgets the oldest where one reader is far behind', () => {
    const decoding = new SharedDecoding();
    decoding.begin(0);
    decoding.begin(0);
    const large = Buffer.alloc(3 * 1_024 * 1_024);
    const of = (offset: number): ReturnType<SharedDecoding['decode']> =>
      decoding.decode({ partition: 0, offset, value: large });
    const [first, , third] = [0, 1, 2].map(of);
    expect(of(0)).not.toBe(first);
    expect(of(2)).toBe(third);
  });
});
