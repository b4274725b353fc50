import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { holdbackDraw } from './held-back.js';

const arbitrarySession = fc.uint8Array({ minLength: 16, maxLength: 16 });
const arbitraryStream = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._:@-]{0,99}$/);

describe('who is held back', () => {
  it.each([
    ['AAAAAAAAAAAAAAAAAAAAAA', 4, 10],
    ['AAAAAAAAAAAAAAAAAAAADg', 11, 0],
    ['qL0hZ1mAQm6y1YVfWcT5dA', 12, 13],
    ['_____________________w', 64, 7],
  ])('is said by docs/policy.md: %s from %i percent on, in part %i', (session, percent, part) => {
    const drawn = holdbackDraw('arena-main', Buffer.from(session, 'base64url'));
    expect(Math.floor(100 * drawn.share) + 1).toBe(percent);
    expect(drawn.part).toBe(part);
  });

  it('is drawn of stream and session alone, a share and a part', () => {
    fc.assert(
      fc.property(arbitraryStream, arbitrarySession, (stream, bytes) => {
        const { share, part } = holdbackDraw(stream, bytes);
        expect(holdbackDraw(stream, Uint8Array.from(bytes))).toEqual({ share, part });
        expect(share >= 0 && share < 1).toBe(true);
        expect(Number.isInteger(part) && part >= 0 && part < 16).toBe(true);
      }),
    );
  });

  it('is in each part as often as in any other, held back or not', () => {
    const counts = [0, 1].map(() => new Array<number>(16).fill(0));
    for (let number = 0; number < 32_000; number += 1) {
      const session = Buffer.alloc(16);
      session.writeUInt32BE(number);
      const { share, part } = holdbackDraw('arena', session);
      const group = counts[share < 0.5 ? 0 : 1];
      if (group !== undefined) group[part] = (group[part] ?? 0) + 1;
    }
    for (const count of counts.flat()) expect(Math.abs(count - 1_000)).toBeLessThan(150);
  });

  it.each([1, 10, 50])('is the share that is asked for: %i percent', (percent) => {
    const sessions = 20_000;
    let heldBack = 0;
    for (let number = 0; number < sessions; number += 1) {
      const session = Buffer.alloc(16);
      session.writeUInt32BE(number);
      if (holdbackDraw('arena', session).share < percent / 100) heldBack += 1;
    }
    const share = percent / 100;
    const deviation = Math.sqrt(sessions * share * (1 - share));
    expect(Math.abs(heldBack - sessions * share)).toBeLessThan(4 * deviation);
  });
});
