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
const tagShape = /^(?:W\/)?"[\x21\x23-\x7e\x80-\xff]*"$/;

/** Reads an If-Match field (RFC 9110 §13.1.1). */
export function parseIfMatch(field: string | undefined): Precondition {
  if (field === undefined) return { kind: 'absent' };
  if (field.trim() === '*') return { kind: 'any' };
  const tags = field.split(',').map((tag) => tag.trim());
  return tags.length <= tagsMax && tags.every((tag) => tagShape.test(tag))
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
