import { isAtLeast } from '../../../metrics/at-least.js';

type Values = readonly (number | null)[];

/** Each layer on top of the ones before it; a minute in which all are unknown stays unknown. */
export function stacked(layers: readonly Values[], length: number): (number | null)[][] {
  const sums = new Array<number | null>(length).fill(null);
  return layers.map((layer) => {
    for (let index = 0; index < length; index += 1) {
      const value = layer[index] ?? null;
      const below = sums[index] ?? null;
      if (value !== null || below !== null) sums[index] = (below ?? 0) + (value ?? 0);
    }
    return [...sums];
  });
}

/** The last minute in which something is known; −1 when nothing is. */
export function lastKnownIndex(values: Values): number {
  return values.findLastIndex((value) => value !== null);
}

/**
 * The share of the second among both, minute by minute; null where nothing came at all, or one is
 * at its bound.
 */
export function shares(first: Values, second: Values): (number | null)[] {
  return first.map((value, index) => {
    const other = second[index] ?? 0;
    const sum = (value ?? 0) + other;
    return sum === 0 || isAtLeast(value) || isAtLeast(other) ? null : other / sum;
  });
}

/** Where a value stands alone between unknown ones: a line has no length there. */
export function loneIndices(values: readonly (number | null | undefined)[]): number[] {
  const isKnown = (index: number): boolean => (values[index] ?? null) !== null;
  return [...values.keys()].filter(
    (index) => isKnown(index) && !isKnown(index - 1) && !isKnown(index + 1),
  );
}
