import { describe, expect, it } from '@jest/globals';
import {
  decodeCommitMetadata,
  encodeCommitMetadata,
  exactFromOldest,
  readerStart,
} from './commit-point.js';

const metadata = { offset: 40, exactFrom: 7, deadLettersBefore: 3 };

describe('commit metadata', () => {
  it('is read back as it was written', () => {
    expect(decodeCommitMetadata(encodeCommitMetadata(metadata))).toEqual(metadata);
  });

  it.each([
    '',
    'null',
    '[]',
    '{"v":1}',
    '{"v":2,"offset":1,"exactFrom":1,"deadLettersBefore":0}',
    '{"v":1,"offset":-2,"exactFrom":1,"deadLettersBefore":0}',
  ])('is not ours: %s', (text) => expect(decodeCommitMetadata(text)).toBeUndefined());
});

describe('readerStart', () => {
  it('goes on from a commit whose metadata names the same offset', () => {
    const text = encodeCommitMetadata(metadata);
    const start = { kind: 'committed', offset: 40, metadata: text, endOffset: 90 } as const;
    expect(readerStart(start)).toEqual({ kind: 'exact', metadata });
    expect(() => readerStart({ ...start, offset: 41 })).toThrow();
  });

  it('is exact from the beginning of a whole log, and not of one that lost its beginning', () => {
    const start = { kind: 'beginning', reason: 'no_commit', offset: 0, endOffset: 9 } as const;
    expect(readerStart(start)).toMatchObject({ kind: 'exact', metadata: { exactFrom: 0 } });
    expect(readerStart({ ...start, offset: 5 })).toEqual({ kind: 'shortened', offset: 5 });
  });

  it('takes the first minute that begins 2 x grace after the oldest record that is left', () => {
    const times = { intervalMs: 5_000, graceMs: 5_000 };
    expect(exactFromOldest(10_000, times)).toBe(4);
    expect(exactFromOldest(10_001, times)).toBe(5);
  });
});
