import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { counterNames, counterOf, placesMax, placesOf } from '../schemas/index.js';
import type { ClickHouse } from './client.js';
import { facetMinuteRow, fullFacetRow } from './facet-minutes.js';
import { insertStreamMinutes, type MinuteRow } from './insert-minutes.js';
import { streamMinuteRow } from './stream-minutes.js';

const places = counterNames.flatMap((name) =>
  Array.from({ length: placesOf(name) }, (_, at) => counterOf(name).place + at),
);

/** The rows of blocks in ClickHouse's Native format, by the names of their columns. */
function rowsOfBlocks(bytes: Buffer): Record<string, unknown>[] {
  const rows: Record<string, unknown>[] = [];
  let at = 0;
  const length = (): number => {
    const byte = bytes[at++] ?? 0;
    return byte < 0x80 ? byte : byte - 0x80 + 0x80 * length();
  };
  const text = (): string => {
    const bytesLong = length();
    at += bytesLong;
    return bytes.toString('utf8', at - bytesLong, at);
  };
  const uint64 = (): number => {
    at += 8;
    return Number(bytes.readBigUInt64LE(at - 8));
  };
  const uint32 = (): number => {
    at += 4;
    return bytes.readUInt32LE(at - 4);
  };
  const readers: Record<string, () => unknown> = {
    String: text,
    UInt64: uint64,
    "DateTime('UTC')": uint32,
  };
  while (at < bytes.length) {
    const columns = length();
    const count = length();
    const block = Array.from({ length: count }, (): Record<string, unknown> => ({}));
    for (let column = 0; column < columns; column += 1) {
      const [name, type] = [text(), text()];
      if (type === 'Array(UInt64)') {
        const ends = block.map(uint64);
        for (const [index, row] of block.entries()) {
          const valuesLong = (ends[index] ?? 0) - (ends[index - 1] ?? 0);
          row[name] = Array.from({ length: valuesLong }, uint64);
        }
      } else for (const row of block) row[name] = readers[type]?.();
    }
    rows.push(...block);
  }
  return rows;
}

/** The rows that are sent. */
async function sentFor(rows: readonly MinuteRow[]): Promise<Record<string, unknown>[]> {
  const sent: Record<string, unknown>[] = [];
  const client = {
    exec: async ({ values }: { readonly values: AsyncIterable<Buffer> }) => {
      const bytes: Buffer[] = [];
      for await (const some of values) bytes.push(some);
      sent.push(...rowsOfBlocks(Buffer.concat(bytes)));
      return { stream: { toArray: () => Promise.resolve([]) } };
    },
  };
  await insertStreamMinutes({ client } as unknown as ClickHouse, rows);
  return sent;
}

const counted = fc.integer({ min: 0, max: 53 }).map((bits) => Math.max(1, 2 ** bits - 2));
/** Numbers of some places, in their order. */
const counts = fc
  .subarray(places)
  .chain((those) =>
    fc.tuple(
      ...those
        .toSorted((left, right) => left - right)
        .map((at) => fc.tuple(fc.constant(at), counted)),
    ),
  )
  .map((pairs) => pairs.flat());
const place = fc.record({
  stream: fc.string({ unit: 'grapheme' }),
  minute: fc.nat(70_000_000),
  version: fc.nat(),
});

describe('inserting minutes', () => {
  it('sends every column of cells and of facets’ values, whatever is counted', async () => {
    const cells = fc
      .tuple(place, counts)
      .map(([where, those]) =>
        streamMinuteRow(where, { quality: '720p', browser: 'Chrome', counts: those }, 60_000),
      );
    const facets = fc
      .tuple(place, fc.string({ unit: 'grapheme' }), counts)
      .map(([where, value, those]) =>
        facetMinuteRow(where, { facet: 'label.plan', value, counts: those }, 60_000),
      );
    await fc.assert(
      fc.asyncProperty(fc.array(cells), fc.array(facets), async (ofCells, ofFacets) => {
        const full = ofFacets.map(fullFacetRow);
        expect(await sentFor([...ofCells, ...ofFacets])).toEqual([...ofCells, ...full]);
        expect(await sentFor(full as unknown as MinuteRow[])).toEqual(full);
      }),
    );
  });

  it('sends more rows than a block has', async () => {
    const rows = Array.from({ length: 5_000 }, (_, index) =>
      facetMinuteRow(
        { stream: `s${index % 7}`, minute: index, version: 9 },
        { facet: 'device', value: `v${index}`, counts: [0, index + 1] },
        60_000,
      ),
    );
    expect(await sentFor(rows)).toEqual(rows.map(fullFacetRow));
  });

  it('leaves out what has no column yet', async () => {
    const where = { stream: 'arena', minute: 7, version: 9 };
    const facet = { facet: 'device', value: 'tv', counts: [0, 3] };
    const later = { ...facet, counts: [0, 3, placesMax - 1, 5] };
    expect(await sentFor([facetMinuteRow(where, later, 60_000)])).toEqual([
      fullFacetRow(facetMinuteRow(where, facet, 60_000)),
    ]);
  });
});
