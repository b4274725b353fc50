import { describe, expect, it } from '@jest/globals';
import { OfferBook } from './offer-book.js';

const newBook = (): OfferBook => new OfferBook({ offersPerPeerMax: 3, offerLifetimeMs: 1_000 });

describe('the offer book', () => {
  it('lets an answer through once for each offer, and only the other way', () => {
    const book = newBook();
    expect(book.admit('answer', 'b', 'a', 0)).toBe(false);
    expect(book.admit('offer', 'a', 'b', 0)).toBe(true);
    expect(book.admit('answer', 'a', 'b', 1)).toBe(false);
    expect(book.admit('answer', 'b', 'a', 1)).toBe(true);
    expect(book.admit('answer', 'b', 'a', 2)).toBe(false);
    expect(book.admit('offer', 'a', 'b', 3)).toBe(true);
    expect(book.admit('answer', 'b', 'a', 4)).toBe(true);
  });

  it('lets candidates through both ways between two that have an offer, answered or not', () => {
    const book = newBook();
    expect(book.admit('candidate', 'a', 'b', 0)).toBe(false);
    book.admit('offer', 'a', 'b', 0);
    for (const [from, to] of [
      ['a', 'b'],
      ['b', 'a'],
    ] as const) {
      expect(book.admit('candidate', from, to, 1)).toBe(true);
    }
    book.admit('answer', 'b', 'a', 2);
    expect(book.admit('candidate', 'b', 'a', 3)).toBe(true);
    expect(book.admit('candidate', 'c', 'a', 3)).toBe(false);
  });

  it('forgets an offer after its lifetime', () => {
    const book = newBook();
    book.admit('offer', 'a', 'b', 0);
    expect(book.admit('candidate', 'b', 'a', 1_000)).toBe(true);
    expect(book.admit('answer', 'b', 'a', 1_001)).toBe(false);
  });

  it('remembers so many offers of a peer, the newest', () => {
    const book = newBook();
    for (const to of ['b', 'c', 'd', 'e']) book.admit('offer', 'a', to, 0);
    expect(book.size).toBe(3);
    expect(book.admit('answer', 'b', 'a', 1)).toBe(false);
    expect(book.admit('answer', 'e', 'a', 1)).toBe(true);
    book.forget('a');
    expect(book.size).toBe(0);
  });
});
