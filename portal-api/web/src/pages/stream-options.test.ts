import { describe, expect, it } from '@jest/globals';
import { holdbackShown } from './stream-options.js';

describe('what a page has of a holdback', () => {
  const kept = { graphiteFacets: ['device', 'holdback'] };
  const held = { policy: { holdbackPercent: 10 } };

  it('is the verdict wherever its figures are kept, also of one that is over', () => {
    expect(holdbackShown({ ...kept, ...held })).toBe('verdict');
    expect(holdbackShown({ ...kept, policy: { holdbackPercent: 0 } })).toBe('verdict');
  });

  it('is what is missing where nobody keeps them, and nothing where there is none', () => {
    expect(holdbackShown({ ...held, graphiteFacets: ['device'] })).toBe('not_kept');
    expect(holdbackShown({ graphiteFacets: ['device'] })).toBe('nothing');
  });
});
