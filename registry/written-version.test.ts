import { describe, expect, it } from '@jest/globals';
import { memberNamed } from './testing/examples.js';
import { writtenVersion } from './written-version.js';

const live = (role: string, version: string) => ({
  member: memberNamed(`${role}-${version}`, { role, version }),
  seenAtMs: 0,
});

describe('the version by which announces and partials are written', () => {
  it.each([
    ['nobody is there', [], 2],
    ['all readers know it', [live('rollup', '0.2.0'), live('ingest', '1.0.0')], 2],
    ['a rollup is older', [live('rollup', '0.1.0'), live('ingest', '0.2.0')], 1],
    ['an ingest is older', [live('rollup', '0.10.0'), live('ingest', '0.1.9')], 1],
    ['only a tracker is older', [live('rollup', '0.2.1'), live('tracker', '0.1.0')], 2],
    ['a version is no version', [live('rollup', 'x')], 1],
  ])('is the newest that every reader knows: %s', (_, members, version) => {
    expect(writtenVersion(members)).toBe(version);
  });
});
