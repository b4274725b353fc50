import { describe, expect, it } from '@jest/globals';
import { keysWithout, removalHelp } from './token-key-list.js';

const [spring, autumn] = [{ kid: 'spring' }, { kid: 'autumn' }];

describe('a key that is removed', () => {
  it('leaves the others', () => {
    expect(keysWithout([spring, autumn], 'spring', false)).toEqual([autumn]);
  });

  it('is the last one only where that was asked', () => {
    expect(keysWithout([spring], 'spring', true)).toEqual([]);
    expect(keysWithout([spring], 'spring', false)).toBeUndefined();
  });

  it('may be gone already', () => {
    expect(keysWithout([], 'spring', false)).toEqual([]);
    expect(keysWithout([autumn], 'spring', true)).toEqual([autumn]);
  });

  it('is told to open the stream to everybody where it is the last', () => {
    expect(removalHelp(true)).toContain('open to everybody');
    expect(removalHelp(false)).not.toContain('open to everybody');
  });
});
