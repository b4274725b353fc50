import { describe, expect, it } from '@jest/globals';
import { torrentSocketLimits } from '../limits.js';
import { LeftOffers, type UnderWay } from './left-offers.js';
import { OpenOffers } from './open-offers.js';

const limits = { ...torrentSocketLimits, offerLifetimeMs: 10, leftPeersMax: 2 };

/** With one offer from then. */
function underWay(sinceMs: number): UnderWay<string, string> {
  const offers = new OpenOffers<string>(limits);
  const offer = {
    from: 'p',
    origin: 'here',
    isElsewhere: false,
    peerId: 'p',
    offerId: 'o',
    sinceMs,
  };
  offers.add(offer, () => false);
  return { offers, sent: new OpenOffers<string>(limits) };
}

describe('what is under way of peers that left', () => {
  const kept = (left: LeftOffers<string, string>, name: string): boolean =>
    left.take(name) !== undefined;

  it('is there for the next one of their name, once', () => {
    const left = new LeftOffers<string, string>(limits);
    const ofOne = underWay(0);
    left.keep('one', ofOne, 5);
    expect(left.take('other')).toBeUndefined();
    expect(left.take('one')).toBe(ofOne);
    expect(left.take('one')).toBeUndefined();
  });

  it('is nothing where no answer may follow any more', () => {
    const left = new LeftOffers<string, string>(limits);
    left.keep('one', underWay(0), 11);
    expect(kept(left, 'one')).toBe(false);
  });

  it('is forgotten of those that left longest ago, by number and by time', () => {
    const left = new LeftOffers<string, string>(limits);
    for (const name of ['a', 'b', 'c']) left.keep(name, underWay(0), 0);
    expect(['a', 'b'].map((name) => kept(left, name))).toEqual([false, true]);
    left.keep('d', underWay(11), 11);
    expect(['c', 'd'].map((name) => kept(left, name))).toEqual([false, true]);
  });
});
