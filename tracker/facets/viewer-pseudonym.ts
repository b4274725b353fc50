import { createHmac } from 'node:crypto';

/** Of an id in characters. */
export const viewerLengthMax = 200;
const pseudonymBytes = 16;

/** Of what anybody said who the viewer is: its pseudonym; null where nobody said it. */
export type PseudonymOf = (told: unknown) => Buffer | null;

/**
 * Pseudonyms by a salt that all trackers have: the same viewer has the same one, and who doesn't
 * know the salt can't turn it back, nor try ids out. Without a salt nobody has one.
 */
export function viewerPseudonyms(salt: string): PseudonymOf {
  if (salt === '') return () => null;
  return (told) => {
    if (typeof told !== 'string' || told === '' || told.length > viewerLengthMax) return null;
    const digest = createHmac('sha256', salt).update(`viblast viewer v1\n${told}`).digest();
    return digest.subarray(0, pseudonymBytes);
  };
}
