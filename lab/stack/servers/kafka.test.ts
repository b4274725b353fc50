import { describe, expect, it } from '@jest/globals';
import { newClusterId } from './kafka.js';

describe('newClusterId', () => {
  it('never begins like a flag of a command line, whatever the random bytes', () => {
    for (let first = 0; first < 256; first += 1) {
      const id = newClusterId(Buffer.alloc(16, first));
      expect(id).toMatch(/^[A-Za-z0-9_][A-Za-z0-9_-]{21}$/);
    }
  });
});
