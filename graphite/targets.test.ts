import { describe, expect, it } from '@jest/globals';
import { bracedTargets } from './targets.js';

describe('bracedTargets', () => {
  it('has metrics of one form in one target', () => {
    const metrics = ['viewers', 'stalls', 'bytes.cdn', 'views.begun', 'browsers.*', 'bytes.*.*'];
    expect(bracedTargets('v.streams.a*', metrics)).toEqual([
      'v.streams.a*.{viewers,stalls}',
      'v.streams.a*.{bytes,views}.{cdn,begun}',
      'v.streams.a*.browsers.*',
      'v.streams.a*.bytes.*.*',
    ]);
    expect(bracedTargets('a', [])).toEqual([]);
  });
});
