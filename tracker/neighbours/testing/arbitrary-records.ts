import fc from 'fast-check';
import { anyCharacter } from '../../../service/testing/any-character.js';
import type { NeighbourMessage, SwarmSamples } from '../../../schemas/index.js';

/** What any tracker may write, within the bounds of its record. */
const name = fc.string({ unit: anyCharacter, minLength: 1, maxLength: 20 });
const instance = fc.stringMatching(/^[\w-]{8}$/);

const peer = fc.record({
  // Nobody's whom a test knows.
  peer: name.map((told) => `x${told}`),
  segment: fc.integer({ min: -1, max: 2 ** 31 - 1 }),
  quality: name,
  network: fc.string({ maxLength: 20 }),
});

export const arbitrarySamples: fc.Arbitrary<SwarmSamples> = fc.record({
  tracker: fc.string(),
  instance,
  written: fc.nat(),
  isLeaving: fc.boolean(),
  samples: fc.array(
    fc.record({
      swarm: fc.oneof(name, fc.constant('arena')),
      size: fc.nat(100),
      asks: fc.boolean(),
      peers: fc.array(peer, { maxLength: 8 }),
    }),
    { maxLength: 8 },
  ),
});

export const arbitraryMessage: fc.Arbitrary<NeighbourMessage> = fc.record({
  fromInstance: instance,
  toInstance: instance,
  dialect: fc.string({ maxLength: 32 }),
  swarm: name,
  from: name,
  to: name,
  kind: fc.oneof(fc.string({ maxLength: 32 }), fc.constantFrom('offer', 'refused')),
  payload: fc.oneof(fc.string({ maxLength: 200 }), fc.json()),
});
