import { describe, expect, it } from '@jest/globals';
import { viewerPseudonyms } from './viewer-pseudonym.js';

describe('the pseudonym of a viewer', () => {
  const of = viewerPseudonyms('a salt');

  it('is the same for the same id and salt, and tells nothing of either', () => {
    const ann = of('ann@example.com');
    expect(ann).toHaveLength(16);
    expect(viewerPseudonyms('a salt')('ann@example.com')).toEqual(ann);
    expect(of('bob@example.com')).not.toEqual(ann);
    expect(viewerPseudonyms('another salt')('ann@example.com')).not.toEqual(ann);
    expect(ann?.toString('latin1')).not.toContain('ann');
  });

  it.each([[undefined], [null], [''], [7], [['ann']], [{}], ['x'.repeat(201)]])(
    'is none where no id is told: %j',
    (told) => expect(of(told)).toBeNull(),
  );

  it('is none without a salt: ids could be tried out', () => {
    expect(viewerPseudonyms('')('ann@example.com')).toBeNull();
  });
});
