import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { isHeldBack } from './held-back.js';

const arbitrarySession = fc.uint8Array({ minLength: 16, maxLength: 16 });
const arbitraryStream = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._:@-]{0,99}$/);
const arbitraryPercent = fc.integer({ min: 0, max: 50 });

describe('who is held back', () => {
  it.each([
    ['AAAAAAAAAAAAAAAAAAAAAA', 4],
    ['AAAAAAAAAAAAAAAAAAAADg', 11],
    ['qL0hZ1mAQm6y1YVfWcT5dA', 12],
    ['_____________________w', 64],
  ])('is said by docs/policy.md: %s from %i percent on', (session, percent) => {
    const bytes = Buffer.from(session, 'base64url');
    expect(isHeldBack('arena-main', bytes, percent)).toBe(true);
    expect(isHeldBack('arena-main', bytes, percent - 1)).toBe(false);
  });

  it('stays so at any greater share, and nobody is at none', () => {
    fc.assert(
      fc.property(arbitraryStream, arbitrarySession, arbitraryPercent, (stream, bytes, percent) => {
        if (isHeldBack(stream, bytes, percent)) {
          expect(isHeldBack(stream, bytes, percent + 1)).toBe(true);
        }
        expect(isHeldBack(stream, bytes, 0)).toBe(false);
      }),
    );
  });

  it.each([1, 10, 50])('is the share that is asked for: %i percent', (percent) => {
    const sessions = 20_000;
    let heldBack = 0;
    for (let number = 0; number < sessions; number += 1) {
      const session = Buffer.alloc(16);
      session.writeUInt32BE(number);
      if (isHeldBack('arena', session, percent)) heldBack += 1;
    }
    const share = percent / 100;
    const deviation = Math.sqrt(sessions * share * (1 - share));
    expect(Math.abs(heldBack - sessions * share)).toBeLessThan(4 * deviation);
  });
});
