import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { anyCharacter } from '../../service/testing/any-character.js';
import { renditionName } from '../../schemas/index.js';
import { nowhere } from '../swarm/network.js';
import { SwarmPeer } from '../swarm/swarm-peer.js';
import { acknowledgedText, peersText } from './frequent-answers.js';

/** The second time as they were told before, then where they have gone on to. */
const steps: readonly { moved: number; quality?: string }[] = [
  { moved: 0 },
  { moved: 0 },
  { moved: 1 },
  { moved: 0, quality: 'hd=ä' },
];

/** The same JSON (RFC 8259 §7). */
function inAscii(json: string): string {
  return Array.from({ length: json.length }, (_, at) => {
    const unit = json.charCodeAt(at);
    return unit < 0x80 ? json.charAt(at) : `\\u${(unit + 0x10000).toString(16).slice(1)}`;
  }).join('');
}

const wholes = (min: number) => fc.integer({ min, max: 2 ** 31 - 1 });

describe('the answers to every announce', () => {
  it('are what JSON.stringify makes of them, in ASCII', () => {
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
      fc.property(wholes(0), fc.array(peer, { maxLength: 30 }), (time, records) => {
        const peers = records.map(({ id, segment, quality, isSeeder }) => {
          const made = new SwarmPeer(id, nowhere, '', isSeeder);
          return Object.assign(made, { segment, quality });
        });
        for (const { moved, quality } of steps) {
          for (const one of peers) {
            one.segment += moved;
            one.quality = quality ?? one.quality;
          }
          const told = peers.map((one) => ({
            peer: one.id,
            segment: one.segment,
            quality: renditionName(one.quality),
            ...(one.isSeeder ? { role: 'seeder' } : {}),
          }));
          const message = JSON.stringify({ type: 'peers', time, peers: told });
          expect(peersText(time, peers)).toBe(inAscii(message));
        }
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
