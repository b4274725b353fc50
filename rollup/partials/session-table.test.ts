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
          if (entry < 0) table.add(sessions, 1, ofStream, ofNumber, 0, -1);
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
      table.add(sessions, viewer * 4, 0, viewer, viewer % 7, viewer % 5);
    }
    for (let viewer = 0; viewer < viewers; viewer += 1) {
      const entry = table.find(sessions, viewer * 4, 0);
      expect([table.highest(entry), table.cell(entry)]).toEqual([viewer, viewer % 7]);
      expect(table.facets(entry)).toBe(viewer % 5);
      table.setHighest(entry, viewer + 1, 9, -1);
      expect(table.find(sessions, viewer * 4, 1)).toBe(-1);
    }
    const last = table.find(sessions, (viewers - 1) * 4, 0);
    expect([table.highest(last), table.cell(last), table.facets(last)]).toEqual([viewers, 9, -1]);
  });
});
