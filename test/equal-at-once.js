import { isDeepStrictEqual } from 'node:util';
import { expect } from '@jest/globals';

/**
 * Jest compares value by value, bytes too, each as what may be anything; Node.js does what is equal
 * through and through some ten times faster. All else is Jest's to compare and to tell.
 */
expect.addEqualityTesters([
  (left, right) => {
    if (left instanceof Uint8Array && right instanceof Uint8Array) {
      return Buffer.compare(left, right) === 0;
    }
    const areObjects = typeof left === 'object' && typeof right === 'object';
    return areObjects && isDeepStrictEqual(left, right) ? true : undefined;
  },
]);
