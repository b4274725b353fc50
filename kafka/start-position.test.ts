import { describe, expect, it } from '@jest/globals';
import { decideStart } from './start-position.js';

const log = { partition: 0, startOffset: 10, endOffset: 20 };
const isOurs = (metadata: string): boolean => metadata.startsWith('exactFrom=');

describe('decideStart', () => {
  it.each([10, 15, 20])('begins at our commit at %d, within the log', (offset) => {
    const commit = { partition: 0, offset, metadata: 'exactFrom=7' };
    expect(decideStart(commit, log, isOurs)).toEqual({
      kind: 'committed',
      offset,
      metadata: 'exactFrom=7',
      endOffset: 20,
    });
  });

  it.each([9, 21])('takes a commit at %d for out of range', (offset) => {
    const commit = { partition: 0, offset, metadata: 'exactFrom=7' };
    expect(decideStart(commit, log, isOurs)).toMatchObject({
      kind: 'beginning',
      offset: 10,
      reason: 'out_of_range',
    });
  });

  it.each([
    ['no answer for the partition', undefined],
    ['no commit', { partition: 0, offset: -1, metadata: '' }],
    ['the −2 that kafkajs commits by itself', { partition: 0, offset: -2, metadata: '' }],
    ['a commit without our metadata', { partition: 0, offset: 15, metadata: '' }],
    ["a stranger's metadata", { partition: 0, offset: 15, metadata: 'x' }],
  ])('begins at the log’s beginning after %s', (_name, commit) => {
    expect(decideStart(commit, log, isOurs)).toEqual({
      kind: 'beginning',
      offset: 10,
      reason: 'no_commit',
      endOffset: 20,
    });
  });
});
