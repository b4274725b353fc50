import { describe, expect, it } from '@jest/globals';
import { encodeCommitMetadata } from '../schemas/index.js';
import { exactFromOldest, readerStart } from './commit-point.js';

const metadata = { offset: 40, exactFrom: 7, deadLettersBefore: 3, setAside: [] };

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
