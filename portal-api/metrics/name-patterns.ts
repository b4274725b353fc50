/** A pattern of one part of a name, and which of the given names it has. */
export interface NamePattern {
  readonly pattern: string;
  readonly names: readonly string[];
}

/**
 * Patterns that together have all of the given names, and each no more than `most` of them: their
 * beginnings. Few patterns are read at once much faster than many names.
 */
export function namePatterns(names: readonly string[], most: number): NamePattern[] {
  return patternsFrom([...new Set(names)].sort(), 0, most);
}

function patternsFrom(names: readonly string[], length: number, most: number): NamePattern[] {
  const [first] = names;
  if (first === undefined) return [];
  if (names.length === 1) return [{ pattern: first, names: [first] }];
  if (names.length <= most) return [{ pattern: `${commonStart(names)}*`, names }];
  const patterns: NamePattern[] = [];
  let rest = names;
  if (first.length <= length) {
    patterns.push({ pattern: first, names: [first] });
    rest = names.slice(1);
  }
  for (let start = 0; start < rest.length;) {
    const next = (rest[start] ?? '').slice(0, length + 1);
    let end = start;
    while (end < rest.length && rest[end]?.startsWith(next) === true) end += 1;
    patterns.push(...patternsFrom(rest.slice(start, end), length + 1, most));
    start = end;
  }
  return patterns;
}

/** Of sorted names. */
function commonStart(names: readonly string[]): string {
  const [first = '', last = ''] = [names[0], names.at(-1)];
  let length = 0;
  while (length < first.length && first[length] === last[length]) length += 1;
  return first.slice(0, length);
}
