import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { SignalKind } from '../../protocol/index.js';
import { OfferBook, type OfferBookLimits } from './offer-book.js';

const limits: OfferBookLimits = {
  negotiationLifetimeMs: 1_000,
  negotiationBytesMax: 100,
  offersPerPeerMax: 8,
  offersPerPairMax: 5,
  openOffersPerPairMax: 3,
  openOffersPerTargetMax: 6,
  openOffersPerOriginMax: 4,
  openOffersPerTrackerMax: 5,
  openOfferCountsMs: 200,
};

/**
 * A book that takes signals as `from kind to negotiation`; before `from` its origin stands, as
 * `origin/`, of another tracker as `@origin/`.
 */
function newBook(changes: Partial<OfferBookLimits> = {}) {
  const book = new OfferBook({ ...limits, ...changes });
  const say = (text: string, nowMs = 0, bytes = 1) => {
    const [from = '', kind, to = '', negotiation = ''] = text.split(' ');
    const origin = from.split('/')[0] ?? '';
    const where = { origin, isElsewhere: origin.startsWith('@') };
    return book.admit({ kind: kind as SignalKind, from, to, negotiation, bytes, ...where }, nowMs);
  };
  return { book, say };
}

describe('the offer book', () => {
  it('lets one answer through for each offer, by its negotiation, and only the other way', () => {
    const { say } = newBook();
    expect(say('b answer a 1')).toBe('no_offer');
    expect(say('a offer b 1')).toBeUndefined();
    expect(say('a offer b 2')).toBeUndefined();
    expect(say('a answer b 1')).toBe('no_offer');
    expect(say('b answer a 1')).toBeUndefined();
    expect(say('b answer a 1')).toBe('no_offer');
    expect(say('b answer a 2')).toBeUndefined();
    expect(say('c answer a 2')).toBe('no_offer');
  });

  it('takes no second offer of a negotiation, answered or not', () => {
    const { say } = newBook();
    say('a offer b 1');
    expect(say('a offer b 1')).toBe('duplicate_offer');
    say('b answer a 1');
    expect(say('a offer b 1')).toBe('duplicate_offer');
  });

  it('takes no offer by the name of a negotiation that the other one began', () => {
    const { say } = newBook();
    say('a offer b 1');
    expect(say('b offer a 1')).toBe('duplicate_offer');
    expect(say('b offer a 2')).toBeUndefined();
    expect(say('b offer c 1')).toBeUndefined();
  });

  it('lets candidates through both ways in a living negotiation of the two, answered or not', () => {
    const { say } = newBook();
    expect(say('a candidates b 1')).toBe('no_offer');
    say('a offer b 1');
    for (const text of ['a candidates b 1', 'b candidates a 1']) expect(say(text)).toBeUndefined();
    expect(say('a candidates b 2')).toBe('no_offer');
    expect(say('c candidates a 1')).toBe('no_offer');
    say('b answer a 1');
    for (const text of ['a candidates b 1', 'b candidates a 1']) expect(say(text)).toBeUndefined();
  });

  it('ends a negotiation with its rejection, of an offer that waits', () => {
    const { say } = newBook();
    expect(say('b reject a 1')).toBe('no_offer');
    say('a offer b 1');
    expect(say('a reject b 1')).toBe('no_offer');
    expect(say('b reject a 1')).toBeUndefined();
    for (const text of ['b reject a 1', 'b answer a 1', 'a candidates b 1', 'b candidates a 1']) {
      expect(say(text)).toBe('no_offer');
    }
  });

  it('forgets a negotiation after its lifetime', () => {
    const { book, say } = newBook();
    say('a offer b 1', 0);
    expect(say('b candidates a 1', 1_000)).toBeUndefined();
    expect(say('b answer a 1', 1_001)).toBe('no_offer');
    expect(book.size).toBe(0);
    expect(say('a offer b 1', 1_001)).toBeUndefined();
  });

  it('refuses an offer above a bound, and drops none of those that wait for it', () => {
    const { say } = newBook();
    for (const name of [1, 2, 3]) expect(say(`flooder offer target ${name}`)).toBeUndefined();
    expect(say('flooder offer target 4')).toBe('too_many_offers');
    for (const from of ['a', 'b', 'c']) expect(say(`${from} offer target 1`)).toBeUndefined();
    expect(say('d offer target 1')).toBe('too_many_offers');
    for (const from of ['a', 'b', 'c', 'flooder']) {
      expect(say(`target answer ${from} 1`)).toBeUndefined();
    }
    expect(say('d offer target 1')).toBeUndefined();
  });

  it('bounds what rejections make room for, of a pair and of a peer', () => {
    const { say } = newBook();
    for (let name = 0; name < limits.offersPerPairMax; name += 1) {
      expect(say(`a offer b ${name}`)).toBeUndefined();
      expect(say(`b reject a ${name}`)).toBeUndefined();
    }
    expect(say('a offer b again')).toBe('too_many_offers');
    for (const to of ['c', 'd', 'e']) expect(say(`a offer ${to} 1`)).toBeUndefined();
    expect(say('a offer f 1')).toBe('too_many_offers');
    expect(say('a offer f 1', limits.negotiationLifetimeMs + 1)).toBeUndefined();
  });

  it('bounds the bytes of each side in a negotiation', () => {
    const { say } = newBook();
    say('a offer b 1', 0, 60);
    expect(say('a candidates b 1', 0, 41)).toBe('message_too_large');
    expect(say('a candidates b 1', 0, 40)).toBeUndefined();
    expect(say('b answer a 1', 0, 100)).toBeUndefined();
    expect(say('b candidates a 1', 0, 1)).toBe('message_too_large');
  });

  it('forgets with a peer what it offered, and what it was offered', () => {
    const { book, say } = newBook();
    say('a offer b 1');
    say('b offer c 1');
    say('c offer a 1');
    book.forget('a');
    expect(book.size).toBe(1);
    expect(say('c answer b 1')).toBeUndefined();
    book.forget('b');
    expect(book.size).toBe(0);
  });

  it('lets many of one address keep nobody of another from a target', () => {
    const { say } = newBook();
    const flooders = ['x/1', 'x/2', 'x/3', 'x/4', 'x/5', 'x/6'];
    const said = flooders.map((flooder) => say(`${flooder} offer b 1`));
    expect(said.map((refusal) => refusal ?? 'taken')).toEqual([
      ...Array.from({ length: 4 }, () => 'taken'),
      ...Array.from({ length: 2 }, () => 'too_many_offers'),
    ]);
    expect(say('honest offer b 1')).toBeUndefined();
  });

  it('lets no address have more by coming anew for each offer', () => {
    const { book, say } = newBook();
    for (let one = 1; one <= limits.openOffersPerOriginMax; one += 1) {
      expect(say(`x/${one} offer b 1`)).toBeUndefined();
      book.forget(`x/${one}`);
    }
    expect(book.size).toBe(0);
    expect(say('b answer x/1 1')).toBe('no_offer');
    expect(say('x/9 offer b 1')).toBe('too_many_offers');
    expect(say('honest offer b 1')).toBeUndefined();
    expect(say('x/9 offer b 1', limits.openOfferCountsMs)).toBeUndefined();
    // The same peer again, by a name that it had.
    expect(say('x/1 offer b 1', limits.openOfferCountsMs)).toBeUndefined();
    expect(say('c offer d 1', limits.negotiationLifetimeMs)).toBeUndefined();
    expect(say('b answer x/1 1', limits.negotiationLifetimeMs)).toBeUndefined();
  });

  it('lets one address that is on two trackers keep nobody of either from a target', () => {
    const { say } = newBook({ openOffersPerTargetMax: 12 });
    for (let one = 1; one <= limits.openOffersPerOriginMax; one += 1) {
      expect(say(`x/${one} offer b 1`)).toBeUndefined();
      expect(say(`@other/x${one} offer b 1`)).toBeUndefined();
    }
    expect(say('honest offer b 1')).toBeUndefined();
    expect(say('@other/honest offer b 1')).toBeUndefined();
    expect(say('@other/late offer b 1')).toBe('too_many_offers');
    expect(say('@third/honest offer b 1')).toBeUndefined();
  });

  it('lets what a target leaves open take nobody’s place for long, whoever offered it', () => {
    const { say } = newBook();
    for (let one = 0; one < limits.openOffersPerTargetMax; one += 1) say(`${one} offer b 1`);
    expect(say('honest offer b 1', 199)).toBe('too_many_offers');
    expect(say('honest offer b 1', 200)).toBeUndefined();
    expect(say('b answer 0 1', 201)).toBeUndefined();
  });

  it('lets no flood of one cost another an offer, an answer or a candidate', () => {
    const flood = fc.record({
      kind: fc.constantFrom('offer', 'answer', 'candidates', 'reject'),
      to: fc.constantFrom('honest', 'target'),
      negotiation: fc.integer({ min: 0, max: 9 }),
    });
    fc.assert(
      fc.property(fc.array(fc.array(flood, { maxLength: 20 }), { maxLength: 4 }), (floods) => {
        const { book, say } = newBook();
        const steps = [
          'honest offer target 7',
          'honest candidates target 7',
          'target answer honest 7',
          'target candidates honest 7',
        ];
        for (const [index, step] of steps.entries()) {
          for (const { kind, to, negotiation } of floods[index] ?? []) {
            say(`flooder ${kind} ${to} ${negotiation}`);
          }
          expect(say(step)).toBeUndefined();
        }
        expect(book.size).toBeLessThanOrEqual(1 + limits.offersPerPeerMax);
      }),
    );
  });
});
