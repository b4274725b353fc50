import type { ClickHouse } from '../../../clickhouse/index.js';
import type { Filled } from './fill.js';
import { summedColumns } from './made-announces.js';

async function rowsOf(
  clickhouse: ClickHouse,
  query: string,
): Promise<Record<string, number | string>[]> {
  const result = await clickhouse.client.query({ query, format: 'JSONEachRow' });
  return result.json<Record<string, number | string>>();
}

/** Compares what stands in `announces` with what was made; a line for each thing that differs. */
export async function differences(clickhouse: ClickHouse, filled: Filled): Promise<string[]> {
  const found: string[] = [];
  const expect = (what: string, expected: number, got: unknown): void => {
    if (Number(got) !== expected) found.push(`${what}: ${String(got)}, made ${expected}`);
  };
  const sums = summedColumns.map((column) =>
    column === 'after_start_ms'
      ? `sum(toUnixTimestamp64Milli(time) - ${filled.startMs}) AS after_start_ms`
      : `sum(ifNull(announces.${column}, 0)) AS ${column}`,
  );
  const [totals = {}] = await rowsOf(
    clickhouse,
    `SELECT count() AS rows, uniqExact(session) AS sessions,
       uniqExact(kafka_partition, kafka_offset, batch_index) AS places, ${sums.join(', ')}
     FROM announces`,
  );
  expect('rows', filled.rows, totals['rows']);
  expect('places in the log', filled.rows, totals['places']);
  expect('sessions', filled.sessions, totals['sessions']);
  for (const column of summedColumns) {
    expect(`sum of ${column}`, filled.sums[column] ?? 0, totals[column]);
  }
  for (const [column, counts] of Object.entries(filled.counts)) {
    const stored = await rowsOf(
      clickhouse,
      `SELECT ${column} AS value, count() AS rows FROM announces GROUP BY value`,
    );
    const rowsByValue = new Map(stored.map(({ value, rows }) => [String(value), rows]));
    for (const value of new Set([...counts.keys(), ...rowsByValue.keys()])) {
      expect(`rows with ${column} ${value}`, counts.get(value) ?? 0, rowsByValue.get(value) ?? 0);
    }
  }
  return found;
}
