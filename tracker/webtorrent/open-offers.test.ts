import { describe, expect, it } from '@jest/globals';
import { OpenOffers } from './open-offers.js';

const limits = {
  offerLifetimeMs: 60_000,
  openOffersPerPairMax: 1,
  openOffersPerTargetMax: 8,
  openOffersPerOriginMax: 8,
  openOffersPerTrackerMax: 8,
  openOfferCountsMs: 20_000,
};
const peerId = 'p'.repeat(20);

function offer(offerId: string, sinceMs: number) {
  return { from: 'one', peerId, offerId, sinceMs, origin: '192.0.2.7', isElsewhere: false };
}

describe('offers that wait for an answer', () => {
  it('are forgotten where the clock was set back: they would wait for as long', () => {
    const open = new OpenOffers<string>(limits);
    const isSame = (other: string): boolean => other === 'one';
    const beforeMs = 7_200_000;
    const nowMs = beforeMs - 3_600_000;
    expect(open.add(offer('a', beforeMs), isSame)).toBe(true);
    expect(open.add(offer('b', beforeMs), isSame)).toBe(false);
    expect(open.add(offer('c', nowMs), isSame)).toBe(true);
    expect(open.answer(peerId, 'a', nowMs)).toBeUndefined();
    expect(open.answer(peerId, 'c', nowMs + limits.offerLifetimeMs - 1)).toBeDefined();
    expect(open.isAnyOpen(nowMs)).toBe(false);
  });
});
