import { describe, expect, it } from '@jest/globals';
import { replaceIn, setKeys, shippedFile } from './templates.js';

describe('shipped configuration', () => {
  it('is changed in the keys that are named, and nowhere else', () => {
    const shipped = shippedFile('graphite', 'carbon.conf');
    const changed = setKeys(shipped, { LINE_RECEIVER_PORT: 1_234 });
    expect(changed).toContain('\nLINE_RECEIVER_PORT = 1234\n');
    expect(setKeys(changed, { LINE_RECEIVER_PORT: 2_003 })).toBe(shipped);
  });

  it('must have what is to be changed', () => {
    expect(() => setKeys('A = 1\n', { B: 2 })).toThrow(/nothing matches/);
    expect(() => replaceIn('text', /missing/, '')).toThrow(/nothing matches/);
  });

  it('puts every update and every new metric on disk at once', () => {
    const carbon = shippedFile('graphite', 'carbon.conf');
    expect(carbon).toMatch(/^MAX_UPDATES_PER_SECOND = inf$/m);
    expect(carbon).toMatch(/^MAX_CREATES_PER_MINUTE = inf$/m);
  });
});
