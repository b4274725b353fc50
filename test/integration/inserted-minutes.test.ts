import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  minuteRow,
  fullFacetRow,
  insertFullRows,
  insertMinuteRows,
  readStreamMinuteFacets,
  readStreamMinutes,
  streamMinuteRow,
  type ClickHouse,
} from '../../clickhouse/index.js';
import { counterNames, counterOf, placesOf, sumMax, type Counts } from '../../schemas/index.js';
import { sharedStack } from './testing/stack.js';
import { makeDatabase, minuteTimes } from './testing/views-support.js';

const { intervalMs } = minuteTimes;
const places = counterNames
  .flatMap((name) =>
    Array.from({ length: placesOf(name) }, (_, bucket) => counterOf(name).place + bucket),
  )
  .toSorted((left, right) => left - right);
/** The largest of each width that a column may have, the next ones, and the largest of all. */
const edges = [2 ** 8, 2 ** 16, 2 ** 32].flatMap((edge) => [edge - 1, edge]).concat(1, sumMax);

/** Another edge at each place, and nothing at every fifth. */
function countsOf(index: number): Counts {
  return places.flatMap((place, at) =>
    (at + index) % 5 === 0 ? [] : [place, edges[(at + index) % edges.length] ?? 1],
  );
}

describe('what is inserted of minutes', () => {
  let clickhouse: ClickHouse;

  beforeAll(async () => {
    clickhouse = await makeDatabase(sharedStack().clickhouse.url);
  }, 60_000);

  afterAll(() => clickhouse.close());

  it('stands there as it was counted, of blocks with other columns and widths each', async () => {
    const place = { stream: 'arena', minute: 7_000, version: 3 };
    // The first two blocks have hardly a column, and the third all of them.
    const facets = Array.from({ length: 5_000 }, (_, index) => {
      const value = `v${String(index).padStart(4, '0')}`;
      const counts = index < 2_048 ? [0, 1] : index < 4_096 ? [5, 300] : countsOf(index);
      return minuteRow(place, { facet: 'device', value, counts }, intervalMs);
    });
    await insertMinuteRows(clickhouse, { cells: [], facets });
    const span = { from: 7_000, to: 7_000 };
    const stored = await readStreamMinuteFacets(clickhouse, ['arena'], span);
    const byValue = stored.toSorted((left, right) => left.value.localeCompare(right.value));
    expect(byValue).toEqual(facets.map(fullFacetRow));
  });

  it('is there once, by its highest version, where one insert has it several times', async () => {
    const cell = { quality: '1080p ✓', browser: 'Firefox' } as const;
    const rowOf = (version: number, counts: Counts): ReturnType<typeof streamMinuteRow> =>
      streamMinuteRow({ stream: 'twice', minute: 8_000, version }, { ...cell, counts }, intervalMs);
    const newest = rowOf(9, countsOf(1));
    await insertFullRows(clickhouse, [rowOf(8, [0, 5]), newest, rowOf(7, countsOf(2))]);
    const span = { from: 8_000, to: 8_000 };
    expect(await readStreamMinutes(clickhouse, ['twice'], span)).toEqual([newest]);
  });
});
