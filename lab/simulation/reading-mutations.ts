import {
  commitOfTwo,
  commitOfStrangers,
  exactFromTheBeginning,
  restIsWhole,
  withoutGap,
} from './mutated-parts.js';
import { replacing, usually, type Mutation } from './mutation.js';

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
    name: 'what retention has left is taken for the whole log',
    ...usually,
    profile: 'retention',
    apply: () => replacing({ commitRead: restIsWhole }),
  },
];
