import { reportedSource, type Reported, type ToldNumbers } from './announce-fields.js';
import { writtenFunction } from './written-function.js';

/** What stands in an announce of the first version for what came with the second. */
const untoldWords = {
  role: 'viewer',
  failure: 'none',
  cdnReason: 'untold',
  viewer: null,
  facets: [],
} as const;

const wordsSource = Object.keys(untoldWords)
  .map((word) => `${word}: words.${word}`)
  .join(', ');

/**
 * What an announce of the first version reports: these numbers, and what stands for all that
 * wasn't told. Made in one go: an object spread over another costs twenty times as much.
 */
export const firstAnnounce = writtenFunction(
  `return function firstAnnounce(told) { return { ${reportedSource}, ${wordsSource} }; };`,
  { words: untoldWords },
) as (told: ToldNumbers) => Reported & typeof untoldWords;
