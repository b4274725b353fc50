import { randomBytes } from 'node:crypto';
import { expect, it } from '@jest/globals';
import { instanceOf, newInstance, newPeerId } from './peer-ids.js';

it('a peer id is 16 bytes in canonical base64url that begin with its instance', () => {
  for (let index = 0; index < 100; index += 1) {
    const instance = newInstance(randomBytes);
    const peer = newPeerId(instance, randomBytes);
    expect(peer).toMatch(/^[\w-]{22}$/);
    expect(Buffer.from(peer, 'base64url').toString('base64url')).toBe(peer);
    expect(instanceOf(peer)).toBe(instance);
    expect(newPeerId(instance, randomBytes)).not.toBe(peer);
  }
});
