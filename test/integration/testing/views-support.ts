import { randomBytes } from 'node:crypto';
import {
  migrate,
  openClickHouse,
  RowBinaryWriter,
  type ClickHouse,
} from '../../../clickhouse/index.js';
import { writeAnnounceRows } from '../../../ingest/announce-rows.js';
import { announceTable } from '../../../ingest/announce-table.js';
import type { Announce, FacetValue, MinuteTimes } from '../../../schemas/index.js';
import { silentLogger } from '../../../service/testing/silent-logger.js';

export const minuteTimes: MinuteTimes = { intervalMs: 60_000, lateMs: 180_000, graceMs: 60_000 };

/** A database's name that no other test has. */
export function freshDatabaseName(): string {
  return `test_${randomBytes(6).toString('hex')}`;
}

export function openDatabase(url: string, database: string): ClickHouse {
  return openClickHouse({ url, database, user: 'default', password: '', logger: silentLogger });
}

/** A new database with all migrations. */
export async function makeDatabase(url: string): Promise<ClickHouse> {
  const clickhouse = openDatabase(url, freshDatabaseName());
  await migrate(clickhouse, { ...minuteTimes, createDatabase: true });
  return clickhouse;
}

export async function rowsOf(
  clickhouse: ClickHouse,
  query: string,
  parameters: Readonly<Record<string, unknown>> = {},
): Promise<Record<string, unknown>[]> {
  const result = await clickhouse.client.query({
    query,
    format: 'JSONEachRow',
    query_params: { ...parameters },
  });
  return result.json<Record<string, unknown>>();
}

const hourMs = 3_600_000;
const startMs = Math.floor(Date.now() / hourMs - 24) * hourMs;

/** A whole hour of yesterday; its first two minutes and its end as answers have them. */
export const pastHour = {
  startMs,
  firstTime: timeText(startMs, 0),
  secondTime: timeText(startMs + minuteTimes.intervalMs, 0),
  endTime: timeText(startMs + hourMs, 0),
} as const;

/** An announce where it stands in the log. */
export interface LoggedAnnounce {
  readonly partition: number;
  readonly offset: number;
  readonly logAppendTimeMs: number;
  readonly tracker: string;
  readonly announce: Announce;
  /** Absent: none. */
  readonly facets?: readonly FacetValue[];
}

/** Inserts announces as ingest does, each as the only one of its record. */
export async function insertAnnounces(
  clickhouse: ClickHouse,
  logged: readonly LoggedAnnounce[],
): Promise<void> {
  const writer = new RowBinaryWriter();
  for (const { partition, offset, logAppendTimeMs, tracker, announce, facets = [] } of logged) {
    const record = { partition, offset, logAppendTimeMs, key: null, value: null };
    const announces = [{ ...announce, facets: facets.map((_, place) => place) }];
    const batch = { tracker, written: logAppendTimeMs, facetValues: facets, announces };
    writeAnnounceRows(writer, record, batch, minuteTimes.intervalMs);
  }
  await announceTable(clickhouse)([writer.take()], new AbortController().signal);
}

/** ClickHouse's text of a DateTime64(3), or of a DateTime when `digits` is 0. */
export function timeText(timeMs: number, digits: 0 | 3 = 3): string {
  return new Date(timeMs)
    .toISOString()
    .replace('T', ' ')
    .slice(0, digits === 0 ? 19 : 23);
}
