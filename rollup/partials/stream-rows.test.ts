import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { StreamRows } from './stream-rows.js';

const pairs = fc.array(fc.tuple(fc.nat(300), fc.nat(40)), { maxLength: 600 });

function rowsOf(rows: StreamRows, stream: number): number[] {
  const found: number[] = [];
  for (let row = rows.first(stream); row >= 0; row = rows.next(row)) found.push(row);
  return found;
}

describe('StreamRows', () => {
  it('finds what was added and nothing else, and lists a stream’s rows in their order', () => {
    fc.assert(
      fc.property(pairs, fc.integer(), fc.boolean(), (added, hashSeed, isLike) => {
        const before = new StreamRows(1);
        if (isLike) for (let row = 0; row < 100; row += 1) before.add(row, 0);
        const rows = new StreamRows(hashSeed, isLike ? before : undefined);
        const model = new Map<string, number>();
        for (const [stream, kind] of added) {
          const key = `${stream} ${kind}`;
          const known = model.get(key);
          expect(rows.find(stream, kind)).toBe(known ?? -1);
          if (known !== undefined) continue;
          const row = rows.add(stream, kind);
          expect([row, rows.kind(row)]).toEqual([model.size, kind]);
          model.set(key, row);
        }
        expect(rows.count).toBe(model.size);
        for (const stream of new Set([0, ...added.map(([one]) => one)])) {
          const own = [...model].filter(([key]) => key.startsWith(`${stream} `));
          expect(rowsOf(rows, stream)).toEqual(own.map(([, row]) => row));
        }
        expect([rows.find(301, 0), rows.first(301)]).toEqual([-1, -1]);
      }),
    );
  });
});
