import { announceMutations } from './announce-mutations.js';
import { ingestMutations } from './ingest-mutations.js';
import type { Mutation } from './mutation.js';
import { partialsMutations } from './partials-mutations.js';
import { readingMutations } from './reading-mutations.js';
import { secondMutations } from './second-mutations.js';
import { toldMutations } from './told-mutations.js';
import { totalsMutations } from './totals-mutations.js';

/**
 * Every one of docs/exactness.md#the-rules that a run can tell from its absence, broken: each has
 * to be caught.
 */
export const mutations: readonly Mutation[] = [
  ...announceMutations,
  ...readingMutations,
  ...partialsMutations,
  ...totalsMutations,
  ...secondMutations,
  ...toldMutations,
  ...ingestMutations,
];
