import { describe, expect, it } from '@jest/globals';
import { olderReaders } from './records-version.js';
import { memberNamed } from './testing/examples.js';

describe('readers of an earlier version', () => {
  it.each([
    ['rollup', '0.1.0', true],
    ['rollup', '0.2.9', true],
    ['rollup', '0.3.0', false],
    ['rollup', '0.10.0', false],
    ['rollup', 'x', true],
    ['ingest', '0.1.9', true],
    ['ingest', '1.0.0', false],
    ['tracker', '0.1.0', false],
    ['portal', '0.1.0', false],
  ])('a %s of version %s: %s', (role, version, isOlder) => {
    const node = { member: memberNamed('one', { role, version }), seenAtMs: 0 };
    expect(olderReaders([node])).toEqual(isOlder ? ['one'] : []);
  });
});
