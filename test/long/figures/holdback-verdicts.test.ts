import { describe, it } from '@jest/globals';
import { expectVerdicts, stallChanges } from '../../../portal-api/testing/expect-verdicts.js';
import { audienceShapes } from '../../../portal-api/testing/holdback-audience.js';

describe.each(Object.entries(audienceShapes))(
  'the verdict on peers by a holdback of 10 % of 10 000 sessions of %s',
  (_name, shape) => {
    it.each(stallChanges)('is right for a stall rate changed by %i %%: %s', (percent, expected) =>
      expectVerdicts(shape, percent, expected),
    );
  },
);
