/** A pattern of one part of a name, and which of the given names it has. */
export interface NamePattern {
  readonly pattern: string;
  readonly names: readonly string[];
}

/**
 * Patterns that together have all of the given names, and each no more than `most` of them: their
 * beginnings. Few patterns are read at once much faster than many names. `among`: all names that
 * there are, in their order; of those that weren't given a pattern has no more than of the others.
 */
export function namePatterns(
  names: readonly string[],
  most: number,
  among: readonly string[] = [],
): NamePattern[] {
  return patternsFrom([...new Set(names)].sort(), { most, among });
}

/** Patterns as many as come in one answer: with up to so many names, and so many themselves. */
export function* packed(
  patterns: readonly NamePattern[],
  namesMax: number,
  patternsMax = Infinity,
): Generator<readonly NamePattern[]> {
  let [pack, count]: [NamePattern[], number] = [[], 0];
  for (const one of patterns) {
    if (count + one.names.length > namesMax || pack.length >= patternsMax) {
      yield pack;
      [pack, count] = [[], 0];
    }
    pack.push(one);
    count += one.names.length;
  }
  yield pack;
}

interface Bounds {
  readonly most: number;
  readonly among: readonly string[];
}

function patternsFrom(names: readonly string[], bounds: Bounds): NamePattern[] {
  const [first] = names;
  if (first === undefined) return [];
  if (names.length === 1) return [{ pattern: first, names: [first] }];
  const start = commonStart(names);
  if (names.length <= bounds.most) {
    const others = countOf(bounds.among, start) - names.length;
    if (others <= names.length) return [{ pattern: `${start}*`, names }];
  }
  const patterns: NamePattern[] = [];
  let rest = names;
  if (first === start) {
    patterns.push({ pattern: first, names: [first] });
    rest = names.slice(1);
  }
  for (let from = 0; from < rest.length;) {
    const next = (rest[from] ?? '').slice(0, start.length + 1);
    let to = from;
    while (to < rest.length && rest[to]?.startsWith(next) === true) to += 1;
    patterns.push(...patternsFrom(rest.slice(from, to), bounds));
    from = to;
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

/** How many of sorted names begin so. */
function countOf(names: readonly string[], start: string): number {
  const isBefore = (name: string): boolean => name < start;
  const isBeforeOrIn = (name: string): boolean => name < start || name.startsWith(start);
  return countWhile(names, isBeforeOrIn) - countWhile(names, isBefore);
}

/** How many names there are up to the first that isn't so, as all that follow it aren't. */
function countWhile(names: readonly string[], isSo: (name: string) => boolean): number {
  let [low, high] = [0, names.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (isSo(names[middle] ?? '')) low = middle + 1;
    else high = middle;
  }
  return low;
}
