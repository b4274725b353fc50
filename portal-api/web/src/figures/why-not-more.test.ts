import { describe, expect, it } from '@jest/globals';
import { sumMax } from '../../../metrics/at-least.js';
import { mainReason } from './why-not-more.js';

const none = { alone: [0], policy: [null], starting: [0], unconnected: [0], connected: [null] };

describe('why not more came from peers', () => {
  it('is the reason that most bytes have, with its share', () => {
    expect(mainReason({ ...none, unconnected: [60, null, 15], starting: [25] })).toEqual({
      reason: 'unconnected',
      share: 0.75,
    });
  });

  it('is not told where no byte has a reason', () => {
    expect(mainReason(none)).toBeUndefined();
  });

  it('is not told where bytes are at their bound', () => {
    expect(mainReason({ ...none, alone: [sumMax], policy: [5] })).toBeUndefined();
  });
});
