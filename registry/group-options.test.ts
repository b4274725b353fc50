import { describe, expect, it } from '@jest/globals';
import { groupOptionsError, groupsOf, tagsOf } from './group-options.js';

describe('groups and tags of a stream', () => {
  it('are names, each once, and few', () => {
    expect(groupOptionsError({ groups: ['sports', 'customer-7'], tags: ['live'] })).toBeUndefined();
    expect(groupOptionsError({ groups: 'sports' })).toBe('options.groups: not a list of names');
    expect(groupOptionsError({ groups: ['a', 'a'] })).toBe(
      'options.groups: a name stands there twice',
    );
    expect(groupOptionsError({ tags: ['a b'] })).toContain('options.tags: each is 1 to 64');
    const many = Array.from({ length: 11 }, (_, index) => `g${index}`);
    expect(groupOptionsError({ groups: many })).toBe('options.groups: more than 10');
  });

  it('are read as far as they are as they should be', () => {
    expect(groupsOf({ groups: ['a', 7, ''] })).toEqual(['a']);
    expect(tagsOf({ tags: 'a' })).toEqual([]);
  });
});
