import { describe, expect, it } from '@jest/globals';
import { cpuMsOf } from '../../service/testing/cpu-ms.js';
import { askedPlace } from './asked-place.js';

describe('what the URL of a plain socket asks for', () => {
  it.each([
    ['/arena', 'arena'],
    ['//arena//', 'arena'],
    ['/a//b/', 'a//b'],
    ['/%C3%A9', 'é'],
    ['/', undefined],
    ['///', undefined],
    ['', undefined],
    ['/announce/', undefined],
  ])('is by the path %s the stream %s', (target, stream) => {
    expect(askedPlace(target).stream).toBe(stream);
  });

  it('is read at once, whatever it is', () => {
    const slashes = '/'.repeat(200_000);
    for (const target of [slashes, `/a${slashes}b`, `/a?stream=${slashes}b`]) {
      expect(cpuMsOf(() => askedPlace(target))).toBeLessThan(500);
    }
  });
});
