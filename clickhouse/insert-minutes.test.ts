import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { counterNames, counterOf, placesMax, placesOf } from '../schemas/index.js';
import type { ClickHouse } from './client.js';
import { facetMinuteRow } from './facet-minutes.js';
import { insertStreamMinutes, type MinuteRow } from './insert-minutes.js';
import { streamMinuteRow } from './stream-minutes.js';

const place = { stream: 'arena', minute: 7, version: 9 };
const places = counterNames.flatMap((name) =>
  Array.from({ length: placesOf(name) }, (_, at) => counterOf(name).place + at),
);

/** What is sent for a row. */
async function sentFor(row: MinuteRow): Promise<Buffer> {
  const sent: Buffer[] = [];
  const client = {
    exec: async ({ values }: { readonly values: AsyncIterable<Buffer> }) => {
      for await (const bytes of values) sent.push(bytes);
      return { stream: { toArray: () => Promise.resolve([]) } };
    },
  };
  await insertStreamMinutes({ client } as unknown as ClickHouse, [row]);
  return Buffer.concat(sent);
}

describe('inserting minutes', () => {
  it('sends a facet’s counters as those of a cell, whatever is counted', async () => {
    const count = fc.integer({ min: 0, max: 53 }).map((bits) => Math.max(1, 2 ** bits - 2));
    await fc.assert(
      fc.asyncProperty(fc.subarray(places), count, async (those, counted) => {
        const counts = those.toSorted((left, right) => left - right).flatMap((at) => [at, counted]);
        const cell = { quality: 'device', browser: 'Chrome', counts } as const;
        const facet = { facet: 'device', value: 'Chrome', counts };
        const ofCell = await sentFor(streamMinuteRow(place, cell, 60_000));
        expect(await sentFor(facetMinuteRow(place, facet, 60_000))).toEqual(ofCell);
      }),
    );
  });

  it('leaves out what has no column yet', async () => {
    const counts = [0, 3];
    const facet = { facet: 'device', value: 'tv', counts };
    const later = { ...facet, counts: [...counts, placesMax - 1, 5] };
    expect(await sentFor(facetMinuteRow(place, later, 60_000))).toEqual(
      await sentFor(facetMinuteRow(place, facet, 60_000)),
    );
  });
});
