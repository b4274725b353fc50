import type { ClickHouse } from '../../../clickhouse/index.js';
import type { CountingCarbon } from './counting-carbon.js';
import type { Workload } from './workload.js';

const columns = {
  announces: 'announces',
  viewers: 'viewers',
  cdnBytes: 'cdn_bytes',
  peerBytes: 'peer_bytes',
  watchedMs: 'watched_ms',
} as const;
const counters = Object.keys(columns) as (keyof typeof columns)[];

type Row = Readonly<Record<string, string | number>>;

async function rows(clickhouse: ClickHouse, query: string): Promise<Row[]> {
  return (await clickhouse.client.query({ query, format: 'JSONEachRow' })).json<Row>();
}

/** How many announces stand in ClickHouse's minutes from this one on. */
export async function countedInClickHouse(
  clickhouse: ClickHouse,
  firstMinute: number,
): Promise<number> {
  const [row] = await rows(
    clickhouse,
    `SELECT sum(announces) AS counted FROM stream_minutes FINAL WHERE minute >= ${firstMinute}`,
  );
  return Number(row?.['counted'] ?? 0);
}

/**
 * A line for each total in either sink, from the workload's first minute on, that isn't what was
 * made.
 */
export async function differences(
  clickhouse: ClickHouse,
  carbon: CountingCarbon,
  { expected, firstMinute }: Workload,
): Promise<string[]> {
  const found: string[] = [];
  const sums = counters.map((counter) => `sum(${columns[counter]}) AS ${counter}`).join(', ');
  const stored = await rows(
    clickhouse,
    `SELECT stream, minute, ${sums} FROM stream_minutes FINAL ` +
      `WHERE minute >= ${firstMinute} GROUP BY stream, minute`,
  );
  const byKey = new Map(stored.map((row) => [`${row['stream']} ${row['minute']}`, row]));
  for (const key of byKey.keys()) if (!expected.has(key)) found.push(`ClickHouse has ${key}`);
  for (const [key, made] of expected) {
    for (const counter of counters) {
      const value = Number(byKey.get(key)?.[counter] ?? 0);
      if (value !== made[counter]) {
        found.push(`ClickHouse, ${key}, ${counter}: ${value}, made ${made[counter]}`);
      }
    }
    const [stream = '', minute = ''] = key.split(' ');
    for (const [metric, value] of [
      ['viewers', made.viewers],
      ['bytes.cdn', made.cdnBytes],
      ['bytes.p2p', made.peerBytes],
    ] as const) {
      const point = carbon.value(`viblast.streams.${stream}.${metric}`, Number(minute) * 60);
      if (point !== value)
        found.push(`Graphite, ${key}, ${metric}: ${point ?? 'absent'}, made ${value}`);
    }
  }
  return found;
}
