/** A stream's revision as a strong entity tag (RFC 9110 §8.8.3). */
export function entityTagOf(revision: number): string {
  return `"${revision}"`;
}

export type Precondition =
  | { readonly kind: 'absent' }
  | { readonly kind: 'malformed' }
  /** `*`: whatever revision there is. */
  | { readonly kind: 'any' }
  | { readonly kind: 'tags'; readonly tags: readonly string[] };

const tagsMax = 20;
const tag = /(?:W\/)?"[\x21\x23-\x7e\x80-\xff]*"/g;

/** Reads an If-Match field (RFC 9110 §13.1.1). */
export function parseIfMatch(field: string | undefined): Precondition {
  if (field === undefined) return { kind: 'absent' };
  if (field.trim() === '*') return { kind: 'any' };
  const tags = field.match(tag) ?? [];
  // A list may have empty elements, and a tag may have commas.
  const elements = field.replace(tag, 'tag').split(',');
  const isList = elements.every((element) => ['', 'tag'].includes(element.trim()));
  return isList && tags.length > 0 && tags.length <= tagsMax
    ? { kind: 'tags', tags }
    : { kind: 'malformed' };
}

/** True: the precondition holds, by strong comparison (a weak tag never matches). */
export function matches(precondition: Precondition, revision: number): boolean {
  return (
    precondition.kind === 'any' ||
    (precondition.kind === 'tags' && precondition.tags.includes(entityTagOf(revision)))
  );
}
