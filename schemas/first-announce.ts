import {
  reportedFields,
  reportedNumber,
  type Reported,
  type ToldNumbers,
} from './announce-fields.js';
import { writtenFunction } from './written-function.js';

/** What stands in an announce of the first version for what came with the second. */
const untoldWords = {
  role: 'viewer',
  failure: 'none',
  cdnReason: 'untold',
  viewer: null,
  facets: [],
} as const;

const numbers = reportedFields.map(
  (field) => `${field}: told.${field} ?? ${reportedNumber(field).untold}`,
);
const words = Object.keys(untoldWords).map((word) => `${word}: words.${word}`);

/**
 * What an announce of the first version reports: these numbers, and what stands for all that
 * wasn't told. Made in one go: an object spread over another costs twenty times as much.
 */
export const firstAnnounce = writtenFunction(
  `return function firstAnnounce(told) { return { ${[...numbers, ...words].join(', ')} }; };`,
  { words: untoldWords },
) as (told: ToldNumbers) => Reported & typeof untoldWords;
