import { describe, expect, it } from '@jest/globals';
import { browserFamily } from './browser-family.js';

const webkit = 'AppleWebKit/537.36 (KHTML, like Gecko)';

describe('the browser family', () => {
  it.each([
    [
      'Chrome',
      `Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${webkit} Chrome/126.0.0.0 Safari/537.36`,
    ],
    [
      'Edge',
      `Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${webkit} Chrome/126.0.0.0 Safari/537.36 Edg/126.0`,
    ],
    ['Firefox', 'Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0'],
    [
      'Safari',
      'Mozilla/5.0 (Macintosh; Intel Mac OS X 14_5) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Safari/605.1.15',
    ],
    ['Other', `Mozilla/5.0 (X11; Linux x86_64) ${webkit} Chrome/126.0 Safari/537.36 OPR/112.0`],
    ['Other', 'curl/8.5.0'],
    ['Other', ''],
    ['Other', undefined],
    ['Other', 'x'.repeat(100_000)],
  ])('is %s for %s', (family, userAgent) => {
    expect(browserFamily(userAgent)).toBe(family);
  });
});
