import { describe, expect, it } from '@jest/globals';
import { mustSeeAll } from './seen-stream.js';

const actor = { name: 'user:ann', role: 'admin' } as const;

describe('what tells of all streams', () => {
  it('is for who sees all streams', () => {
    expect(() => mustSeeAll({ ...actor, groups: 'all' }, 'the system')).not.toThrow();
    expect(() => mustSeeAll({ ...actor, groups: ['news'] }, 'the system')).toThrow(
      'the system is for who sees all streams',
    );
  });
});
