import { describe, expect, it } from '@jest/globals';
import { isPlainlyHeldBack, plainPart } from './plain-holdback.js';

describe('the judge of who is held back', () => {
  it.each([
    ['AAAAAAAAAAAAAAAAAAAAAA', 4, '10'],
    ['AAAAAAAAAAAAAAAAAAAADg', 11, '00'],
    ['qL0hZ1mAQm6y1YVfWcT5dA', 12, '13'],
  ])(
    'finds what docs/policy.md says: %s from %i percent on, in part %s',
    (session, percent, part) => {
      const at = (holdback: number) =>
        isPlainlyHeldBack('arena-main', session, new Map([['arena-main', holdback]]));
      expect([at(percent), at(percent - 1)]).toEqual([true, false]);
      expect(isPlainlyHeldBack('arena-main', session, new Map())).toBe(false);
      expect(plainPart('arena-main', session)).toBe(part);
    },
  );
});
