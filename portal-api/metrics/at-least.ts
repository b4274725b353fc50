/**
 * The largest sum, which means at least that (docs/exactness.md#sums-stay-in-range): the `sumMax`
 * of schemas/, to which the test beside this holds it. Pages need it too, and can't load schemas/.
 */
export const sumMax = Number.MAX_SAFE_INTEGER - 1;

/** Means were divided, and are multiplied again to be looked at: a few units in the last place. */
const markedFrom = sumMax * (1 - 8 * Number.EPSILON);

/** A sum of numbers of 0 or more, within its range; `NaN` stays. */
export function bounded(sum: number): number {
  return sum >= markedFrom ? sumMax : sum;
}

/** True: the sum stands at its bound, so it means at least that. */
export function isAtLeast(sum: number | null): boolean {
  return sum !== null && sum >= markedFrom;
}

/** A JSON Pointer (RFC 6901). */
export function pointerTo(...path: readonly (string | number)[]): string {
  return path
    .map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`)
    .join('');
}

/**
 * JSON Pointers to the figures that mean at least what they tell. `divisorOf`: by how much the sum
 * was divided that a figure of this name is made of; 0: it is made of none.
 */
export function atLeastIn(
  figures: object,
  divisorOf: (name: string) => number = () => 1,
): string[] {
  const pointers: string[] = [];
  for (const [name, told] of Object.entries(figures)) {
    addPointers(pointers, told, divisorOf(name), [name]);
  }
  return pointers;
}

function addPointers(
  pointers: string[],
  told: unknown,
  divisor: number,
  path: readonly (string | number)[],
): void {
  if (Array.isArray(told)) {
    for (const [index, value] of told.entries()) {
      if (isMarked(value, divisor)) pointers.push(pointerTo(...path, index));
    }
  } else if (typeof told === 'object' && told !== null) {
    for (const [name, value] of Object.entries(told)) {
      addPointers(pointers, value, divisor, [...path, name]);
    }
  } else if (isMarked(told, divisor)) pointers.push(pointerTo(...path));
}

function isMarked(told: unknown, divisor: number): boolean {
  return typeof told === 'number' && isAtLeast(told * divisor);
}
