import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { anyCharacter } from '../../service/testing/any-character.js';
import { renditionName } from '../../schemas/index.js';
import { acknowledgedText, peersText } from './frequent-answers.js';

const wholes = (min: number) => fc.integer({ min, max: 2 ** 31 - 1 });

describe('the answers to every announce', () => {
  it('are what JSON.stringify makes of them', () => {
    const peer = fc.record({
      id: fc.uint8Array({ minLength: 16, maxLength: 16 }).map((bytes) => {
        return Buffer.from(bytes).toString('base64url');
      }),
      segment: wholes(-1),
      quality: fc.oneof(
        fc.constantFrom('720p', 'hd=720p', 'other'),
        fc.string({ unit: anyCharacter }),
      ),
      isSeeder: fc.boolean(),
    });
    fc.assert(
      fc.property(wholes(0), fc.array(peer, { maxLength: 30 }), (time, peers) => {
        const told = peers.map(({ id, segment, quality, isSeeder }) => ({
          peer: id,
          segment,
          quality: renditionName(quality),
          ...(isSeeder ? { role: 'seeder' } : {}),
        }));
        expect(peersText(time, peers)).toBe(JSON.stringify({ type: 'peers', time, peers: told }));
      }),
    );
    fc.assert(
      fc.property(fc.array(wholes(0)), (numbers) => {
        const message = { type: 'acknowledged', numbers };
        expect(acknowledgedText(numbers)).toBe(JSON.stringify(message));
      }),
    );
  });
});
