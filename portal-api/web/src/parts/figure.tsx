import { marked } from '../format.js';

/** Why a figure says "at least", in the words of the page. */
const why =
  'At least this: a sum is counted no further than 9,007,199,254,740,990. Somebody reports what cannot be.';

/** A figure, whose mark says why it means at least what it tells. */
export function Figure({ text, isMarked }: { readonly text: string; readonly isMarked: boolean }) {
  return isMarked ? <abbr title={why}>{marked(text, true)}</abbr> : <>{text}</>;
}
