import { DeadLetters } from '../../rollup/dead-letters.js';
import { PartialsReader } from '../../rollup/partials/partials-reader.js';
import { Setbacks } from '../../rollup/setbacks.js';
import {
  commitOfTwo,
  commitOfStrangers,
  exactFromTheBeginning,
  restIsWhole,
  withoutGap,
} from './mutated-parts.js';
import { patch, replacing, usually, type Mutation } from './mutation.js';

/** Rule 3, and what rule 9 says of where an owner begins. */
export const readingMutations: readonly Mutation[] = [
  {
    name: 'a gap is allowed',
    ...usually,
    profile: 'commits',
    apply: () => replacing({ recordsFetched: withoutGap }),
  },
  {
    name: 'offset and exactFrom come from two commits',
    ...usually,
    profile: 'commits',
    apply: () => replacing({ commitRead: commitOfTwo }),
  },
  {
    name: 'a record that cannot be applied is tried for ever',
    profile: 'throws',
    seedsMax: 3,
    apply: () => patch(Setbacks.prototype, 'refusal', () => () => undefined),
  },
  {
    name: 'what is set aside is passed without a dead letter',
    profile: 'throws',
    seedsMax: 5,
    apply: () =>
      patch(
        DeadLetters.prototype,
        'refuse',
        (original) =>
          function (this: DeadLetters, record, refusal) {
            if (refusal.reason === 'not_applicable') return Promise.resolve();
            return original.call(this, record, refusal);
          },
      ),
  },
  {
    name: 'minutes before exactFrom are computed again',
    ...usually,
    apply: () => replacing({ commitRead: exactFromTheBeginning }),
  },
  {
    name: 'a commit without our metadata counts',
    ...usually,
    profile: 'commits',
    apply: () => replacing({ commitRead: commitOfStrangers }),
  },
  {
    name: 'records are released before they are applied',
    ...usually,
    apply: () =>
      patch(
        PartialsReader.prototype,
        'read',
        (original) =>
          function (this: PartialsReader, records, release) {
            release?.();
            return original.call(this, records);
          },
      ),
  },
  {
    name: 'what retention has left is taken for the whole log',
    ...usually,
    profile: 'retention',
    apply: () => replacing({ commitRead: restIsWhole }),
  },
];
