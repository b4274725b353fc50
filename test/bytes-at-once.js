import { expect } from '@jest/globals';

/** Jest compares bytes one by one, each as a value that may be anything. */
expect.addEqualityTesters([
  (left, right) =>
    left instanceof Uint8Array && right instanceof Uint8Array
      ? Buffer.compare(left, right) === 0
      : undefined,
]);
