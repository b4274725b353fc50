import { describe, expect, it } from '@jest/globals';
import { encodeCommitMetadata, isCommitMetadata } from './commit-metadata.js';

describe("the metadata of ingest's commits", () => {
  it('is recognised', () => {
    expect(isCommitMetadata(encodeCommitMetadata(0))).toBe(true);
    expect(isCommitMetadata(encodeCommitMetadata(Number.MAX_SAFE_INTEGER))).toBe(true);
  });

  it('is not what Kafka clients or other readers of the log write', () => {
    const rollups = '{"v":1,"offset":1,"exactFrom":2,"deadLettersBefore":0}';
    for (const text of ['', '{}', 'null', rollups, `${encodeCommitMetadata(1)} `]) {
      expect(isCommitMetadata(text)).toBe(false);
    }
  });
});
