import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { counterNames, counterOf, placesMax, placesOf } from '../schemas/index.js';
import type { ClickHouse } from './client.js';
import { fullFacetRow, type FullFacetMinuteRow } from './facet-minutes.js';
import { insertFullRows, insertMinuteRows, type MinuteRows } from './insert-minutes.js';
import { minuteRow, columnsOf, streamMinuteRow, type StreamMinuteRow } from './stream-minutes.js';

const places = counterNames.flatMap((name) =>
  Array.from({ length: placesOf(name) }, (_, at) => counterOf(name).place + at),
);

/** A block in ClickHouse's Native format. */
interface Block {
  /** By the columns' names. */
  readonly types: Readonly<Record<string, string>>;
  readonly rows: Record<string, unknown>[];
}

function blocksOf(bytes: Buffer): Block[] {
  const blocks: Block[] = [];
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
  const unsigned = (long: number) => (): number => {
    at += long;
    return long === 8 ? Number(bytes.readBigUInt64LE(at - 8)) : bytes.readUIntLE(at - long, long);
  };
  const readers: Record<string, () => unknown> = {
    String: text,
    UInt8: unsigned(1),
    UInt16: unsigned(2),
    UInt32: unsigned(4),
    UInt64: unsigned(8),
    "DateTime('UTC')": unsigned(4),
  };
  while (at < bytes.length) {
    const columns = length();
    const rows = Array.from({ length: length() }, (): Record<string, unknown> => ({}));
    const types: Record<string, string> = {};
    for (let column = 0; column < columns; column += 1) {
      const [name, type] = [text(), text()];
      types[name] = type;
      const ofArray = /^Array\((.*)\)$/.exec(type)?.[1];
      if (ofArray !== undefined) {
        const ends = rows.map(unsigned(8));
        for (const [index, row] of rows.entries()) {
          const valuesLong = (ends[index] ?? 0) - (ends[index - 1] ?? 0);
          row[name] = Array.from({ length: valuesLong }, () => readers[ofArray]?.());
        }
      } else for (const row of rows) row[name] = readers[type]?.();
    }
    blocks.push({ types, rows });
  }
  return blocks;
}

/** The blocks that are sent. */
async function sentBy(insert: (clickhouse: ClickHouse) => Promise<void>): Promise<Block[]> {
  const sent: Block[] = [];
  const client = {
    exec: async ({ values }: { readonly values: AsyncIterable<Buffer> }) => {
      const bytes: Buffer[] = [];
      for await (const some of values) bytes.push(some);
      sent.push(...blocksOf(Buffer.concat(bytes)));
      return { stream: { toArray: () => Promise.resolve([]) } };
    },
  };
  await insert({ client } as unknown as ClickHouse);
  return sent;
}

const zeros = columnsOf([]);

/** What stands in the tables: a column that a block leaves out is zero. */
function rowsOf(blocks: readonly Block[]): Record<string, unknown>[] {
  return blocks.flatMap(({ rows }) => rows.map((row) => ({ ...zeros, ...row })));
}

async function sentFor(rows: MinuteRows): Promise<Record<string, unknown>[]> {
  return rowsOf(await sentBy((clickhouse) => insertMinuteRows(clickhouse, rows)));
}

async function sentForFull(
  rows: readonly (StreamMinuteRow | FullFacetMinuteRow)[],
): Promise<Record<string, unknown>[]> {
  return rowsOf(await sentBy((clickhouse) => insertFullRows(clickhouse, rows)));
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

const cell = { quality: '720p', browser: 'Chrome' } as const;

describe('inserting minutes', () => {
  it('sends every column of cells and of facets’ values, whatever is counted', async () => {
    const cells = fc.array(fc.tuple(place, counts));
    const facets = fc.array(fc.tuple(place, fc.string({ unit: 'grapheme' }), counts));
    await fc.assert(
      fc.asyncProperty(cells, facets, async (ofCells, ofFacets) => {
        const rows = ofFacets.map(([where, value, those]) =>
          minuteRow(where, { facet: 'label.plan', value, counts: those }, 60_000),
        );
        const full = [
          ...ofCells.map(([where, those]) =>
            streamMinuteRow(where, { ...cell, counts: those }, 60_000),
          ),
          ...rows.map(fullFacetRow),
        ];
        const cellRows = ofCells.map(([where, those]) =>
          minuteRow(where, { ...cell, counts: those }, 60_000),
        );
        expect(await sentFor({ cells: cellRows, facets: rows })).toEqual(full);
        expect(await sentForFull(full)).toEqual(full);
      }),
    );
  });

  it('sends more rows than a block has', async () => {
    const facets = Array.from({ length: 5_000 }, (_, index) =>
      minuteRow(
        { stream: `s${index % 7}`, minute: index, version: 9 },
        { facet: 'device', value: `v${index}`, counts: [0, index + 1] },
        60_000,
      ),
    );
    expect(await sentFor({ cells: [], facets })).toEqual(facets.map(fullFacetRow));
  });

  it('sends columns no wider than their numbers, and leaves out those of zeros', async () => {
    const where = { stream: 'arena', minute: 7, version: 9 };
    const startup = counterOf('startupHistogram').place;
    const numbers = [0, 255, 1, 256, 2, 65_535, 3, 65_536, 5, 2 ** 32 - 1, 6, 2 ** 32];
    const counted = [...numbers, startup + 2, 300];
    const row = minuteRow(where, { ...cell, counts: counted }, 60_000);
    const insert = (clickhouse: ClickHouse): Promise<void> =>
      insertMinuteRows(clickhouse, { cells: [row], facets: [] });
    const [block, ...others] = await sentBy(insert);
    expect(others).toEqual([]);
    expect(block?.types).toEqual({
      stream: 'String',
      minute: 'UInt64',
      time: "DateTime('UTC')",
      quality: 'String',
      browser: 'String',
      viewers: 'UInt8',
      announces: 'UInt16',
      watched_ms: 'UInt16',
      stalled_ms: 'UInt32',
      cdn_bytes: 'UInt32',
      peer_bytes: 'UInt64',
      startup_histogram: 'Array(UInt16)',
      stall_histogram: 'Array(UInt8)',
      latency_histogram: 'Array(UInt8)',
      version: 'UInt64',
    });
  });

  it('leaves out what has no column yet', async () => {
    const where = { stream: 'arena', minute: 7, version: 9 };
    const facet = { facet: 'device', value: 'tv', counts: [0, 3] };
    const later = { ...facet, counts: [0, 3, placesMax - 1, 5] };
    const facets = [minuteRow(where, later, 60_000)];
    expect(await sentFor({ cells: [], facets })).toEqual([
      fullFacetRow(minuteRow(where, facet, 60_000)),
    ]);
  });
});
