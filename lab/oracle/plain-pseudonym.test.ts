import { describe, expect, it } from '@jest/globals';
import { plainPseudonym } from './plain-pseudonym.js';

describe('the pseudonym of a viewer', () => {
  it('is what openssl makes of the two lines', () => {
    expect(plainPseudonym('ann', 'salt')).toBe('8hHexg-Hdh9P3gxyD736Yg');
  });

  it('is none without a salt or an id', () => {
    expect(plainPseudonym('ann', undefined)).toBe('');
    expect(plainPseudonym(null, 'salt')).toBe('');
  });
});
