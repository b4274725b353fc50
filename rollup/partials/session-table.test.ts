import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { SessionTable } from './session-table.js';

/** Sessions of few different words, so that many are nearly alike. */
const session = fc.tuple(fc.nat(2), fc.nat(1), fc.nat(2), fc.integer({ min: -2, max: 1 }));
const stream = fc.nat(2);
const number = fc.oneof(
  fc.integer({ min: 90, max: 140 }),
  fc.integer({ min: 0, max: 2 ** 31 - 1 }),
);

describe('SessionTable', () => {
  it('takes each number of a session and stream exactly once, near the first one, far from it and below it', () => {
    const announced = fc.array(fc.tuple(session, stream, number), { maxLength: 200 });
    fc.assert(
      fc.property(announced, fc.integer(), (announces, seed) => {
        const table = new SessionTable(seed);
        const taken = new Set<string>();
        const viewers = new Set<string>();
        for (const [words, ofStream, ofNumber] of announces) {
          const sessions = Int32Array.from([7, ...words]);
          const viewer = `${words.join(' ')} ${ofStream}`;
          const entry = table.find(sessions, 1, ofStream);
          expect(entry >= 0).toBe(viewers.has(viewer));
          if (entry < 0) table.add(sessions, 1, ofStream, ofNumber, 0);
          else expect(table.take(entry, ofNumber)).toBe(!taken.has(`${viewer} ${ofNumber}`));
          viewers.add(viewer);
          taken.add(`${viewer} ${ofNumber}`);
        }
        expect(table.size).toBe(viewers.size);
      }),
      { numRuns: 200 },
    );
  });

  it('keeps the highest number and its cell for each of many viewers', () => {
    const table = new SessionTable(1);
    const viewers = 5_000;
    const sessions = Int32Array.from({ length: viewers * 4 }, (_, index) =>
      Math.imul(index + 1, 0x9e3779b1),
    );
    for (let viewer = 0; viewer < viewers; viewer += 1) {
      table.add(sessions, viewer * 4, 0, viewer, viewer % 7);
    }
    for (let viewer = 0; viewer < viewers; viewer += 1) {
      const entry = table.find(sessions, viewer * 4, 0);
      expect([table.highest(entry), table.cell(entry)]).toEqual([viewer, viewer % 7]);
      table.setHighest(entry, viewer + 1, 9);
      expect(table.find(sessions, viewer * 4, 1)).toBe(-1);
    }
    const last = table.find(sessions, (viewers - 1) * 4, 0);
    expect([table.highest(last), table.cell(last)]).toEqual([viewers, 9]);
  });

  it('keeps the facets of each viewer, few or many, whatever others have', () => {
    const values = fc.array(fc.nat(3), { maxLength: 9 });
    const changes = fc.array(fc.tuple(fc.nat(4), values), { maxLength: 60 });
    // What stands behind the values is another's.
    const words = (told: readonly number[]) => Int32Array.from([...told, 9]);
    fc.assert(
      fc.property(changes, values, (all, other) => {
        const table = new SessionTable(1);
        const sessions = Int32Array.from({ length: 20 }, (_, index) => index);
        for (let viewer = 0; viewer < 5; viewer += 1) {
          table.add(sessions, viewer * 4, 3 + viewer, 7, viewer);
          expect(table.facetCount(viewer)).toBe(0);
        }
        const expected: number[][] = [[], [], [], [], []];
        for (const [viewer, told] of all) {
          table.setFacets(viewer, words(told), told.length);
          expected[viewer] = told;
        }
        for (const [viewer, told] of expected.entries()) {
          const read = Array.from({ length: table.facetCount(viewer) }, (_, at) =>
            table.facet(viewer, at),
          );
          expect(read).toEqual(told);
          expect(table.hasFacets(viewer, words(other), other.length)).toBe(
            told.join() === other.join(),
          );
          // The rest of its entry is where it was.
          expect(table.find(sessions, viewer * 4, 3 + viewer)).toBe(viewer);
          expect(table.find(sessions, viewer * 4, 0)).toBe(-1);
          expect([table.highest(viewer), table.cell(viewer)]).toEqual([7, viewer]);
          expect([table.take(viewer, 7), table.take(viewer, 8)]).toEqual([false, true]);
        }
      }),
    );
  });
});
