import { describe, expect, it } from '@jest/globals';
import {
  decodeCommitMetadata,
  encodeCommitMetadata,
  encodeIngestCommitMetadata,
  isIngestCommitMetadata,
} from './commit-metadata.js';

const metadata = { offset: 40, exactFrom: 7, deadLettersBefore: 3, setAside: [] };

describe("the metadata of a rollup's commits", () => {
  it('is read back as it was written', () => {
    expect(decodeCommitMetadata(encodeCommitMetadata(metadata))).toEqual(metadata);
    const withSome = { ...metadata, setAside: [41, 47] };
    expect(decodeCommitMetadata(encodeCommitMetadata(withSome))).toEqual(withSome);
  });

  it('stays below what a broker takes, however much was set aside', () => {
    const setAside = Array.from({ length: 5_000 }, (_, index) => 2 ** 50 + index);
    expect(encodeCommitMetadata({ ...metadata, setAside }).length).toBeLessThan(4_096);
  });

  it.each([
    '',
    'null',
    '[]',
    '{"v":1}',
    '{"v":2,"offset":1,"exactFrom":1,"deadLettersBefore":0}',
    '{"v":1,"offset":-2,"exactFrom":1,"deadLettersBefore":0}',
    '{"v":1,"offset":2,"exactFrom":1,"deadLettersBefore":0,"setAside":[-1]}',
  ])('is not ours: %s', (text) => expect(decodeCommitMetadata(text)).toBeUndefined());
});

describe("the metadata of ingest's commits", () => {
  it('is recognised', () => {
    expect(isIngestCommitMetadata(encodeIngestCommitMetadata(0))).toBe(true);
    expect(isIngestCommitMetadata(encodeIngestCommitMetadata(Number.MAX_SAFE_INTEGER))).toBe(true);
  });

  it('is not what Kafka clients or other readers of the log write', () => {
    const ours = encodeIngestCommitMetadata(1);
    for (const text of ['', '{}', 'null', encodeCommitMetadata(metadata), `${ours} `]) {
      expect(isIngestCommitMetadata(text)).toBe(false);
    }
  });
});
