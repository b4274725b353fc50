import { addressMutations } from './addresses.js';
import { answerMutations } from './answers.js';
import { budgetMutations } from './budgets.js';
import { comingBackMutations } from './coming-back.js';
import { knownFigureMutations } from './known-figures.js';
import { plainViewerMutations } from './plain-viewers.js';
import { peerMutations } from './peers.js';
import { signalMutations } from './signals.js';
import type { SourceMutation } from './source-mutation.js';
import { wordMutations } from './words.js';

/**
 * What holds viewers to the protocol, and figures to what is known, rule by rule, broken: each has
 * to be noticed. How announces are counted is broken in `lab/simulation/mutations.ts`.
 */
export const sourceMutations: readonly SourceMutation[] = [
  ...budgetMutations,
  ...answerMutations,
  ...signalMutations,
  ...peerMutations,
  ...comingBackMutations,
  ...addressMutations,
  ...wordMutations,
  ...knownFigureMutations,
  ...plainViewerMutations,
];
