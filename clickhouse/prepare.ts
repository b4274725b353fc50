import { setTimeout as delay } from 'node:timers/promises';
import type { MinuteTimes } from '../schemas/index.js';
import { AppError, exitCode, messageOf, StartError } from '../service/errors.js';
import type { Health } from '../service/health.js';
import { RateLimitedLog } from '../service/logs.js';
import { tlsTrouble } from '../service/tls-trouble.js';
import { clickHouseError, serverErrorOf, serverErrors, type ClickHouse } from './client.js';
import { loadMigrations } from './migrations.js';

/**
 * The database that is made where it is missing. Another one must be there: its name may be a
 * mistake.
 */
const defaultDatabase = 'viblast';

export interface PrepareOptions extends MinuteTimes {
  /** How long raw announces are kept. Not given: as it is (30 days where it is new). */
  readonly rawTtlDays?: number;
  /** Whether a missing database is made. Default: only the one named `viblast`. */
  readonly createDatabase?: boolean;
}

const refusals: ReadonlySet<string> = new Set([
  serverErrors.unknownUser,
  serverErrors.wrongPassword,
  serverErrors.requiredPassword,
  serverErrors.databaseAccessDenied,
  serverErrors.accessDenied,
  serverErrors.authenticationFailed,
]);

function unavailable(message: string, cause?: unknown): StartError {
  return new StartError('clickhouse_wrong', message, exitCode.unavailable, cause);
}

async function rowsOf<Row>(clickhouse: ClickHouse, query: string): Promise<Row[]> {
  const result = await clickhouse.client.query({ query, format: 'JSONEachRow' });
  return result.json<Row>();
}

async function ensureDatabase(clickhouse: ClickHouse, create: boolean): Promise<void> {
  try {
    await clickhouse.client.command({ query: 'SELECT 1' });
  } catch (error) {
    if (serverErrorOf(error) !== serverErrors.unknownDatabase) throw error;
    const { database, url } = clickhouse;
    if (!create) throw unavailable(`ClickHouse at ${url} has no database "${database}"`, error);
    await clickhouse.server.command({ query: `CREATE DATABASE IF NOT EXISTS \`${database}\`` });
    clickhouse.logger.info({ database }, 'made the database');
  }
}

async function runStatement(clickhouse: ClickHouse, statement: string): Promise<void> {
  try {
    await clickhouse.client.command({ query: statement });
  } catch (error) {
    // Another process was quicker: IF NOT EXISTS looks first and creates then.
    if (serverErrorOf(error) !== serverErrors.tableAlreadyExists) throw error;
  }
}

async function runMigrations(clickhouse: ClickHouse): Promise<void> {
  await runStatement(
    clickhouse,
    `CREATE TABLE IF NOT EXISTS schema_migrations
     (number UInt32, name String, applied_at DateTime64(3, 'UTC') DEFAULT now64(3))
     ENGINE = ReplacingMergeTree ORDER BY number`,
  );
  const rows = await rowsOf<{ number: number }>(clickhouse, 'SELECT number FROM schema_migrations');
  const applied = new Set(rows.map((row) => row.number));
  for (const { number, name, statements } of loadMigrations()) {
    if (applied.has(number)) continue;
    for (const statement of statements) await runStatement(clickhouse, statement);
    await clickhouse.client.insert({
      table: 'schema_migrations',
      columns: ['number', 'name'],
      values: [{ number, name }],
      format: 'JSONEachRow',
    });
    clickhouse.logger.info({ number, name }, 'applied a migration');
  }
}

interface StoredTimes {
  interval_ms: number;
  late_ms: number;
  grace_ms: number;
}

async function storeClusterTimes(clickhouse: ClickHouse, times: MinuteTimes): Promise<void> {
  const [stored] = await rowsOf<StoredTimes>(
    clickhouse,
    `SELECT interval_ms, late_ms, grace_ms FROM cluster_settings ORDER BY changed_at DESC LIMIT 1`,
  );
  if (stored !== undefined && stored.interval_ms !== times.intervalMs) {
    throw unavailable(
      `database "${clickhouse.database}" has minutes of ${stored.interval_ms} ms, but the cluster's ` +
        `have ${times.intervalMs} ms: it is another cluster's database`,
    );
  }
  if (stored?.late_ms === times.lateMs && stored.grace_ms === times.graceMs) return;
  await clickhouse.client.insert({
    table: 'cluster_settings',
    columns: ['id', 'interval_ms', 'late_ms', 'grace_ms'],
    values: [
      { id: 0, interval_ms: times.intervalMs, late_ms: times.lateMs, grace_ms: times.graceMs },
    ],
    format: 'JSONEachRow',
  });
}

async function applyRawTtl(clickhouse: ClickHouse, days: number): Promise<void> {
  const [table] = await rowsOf<{ engine_full: string }>(
    clickhouse,
    `SELECT engine_full FROM system.tables WHERE database = currentDatabase() AND name = 'announces'`,
  );
  const current = /\+ toIntervalDay\((\d+)\)/.exec(table?.engine_full ?? '')?.[1];
  if (Number(current) === days) return;
  await clickhouse.client.command({
    query: `ALTER TABLE announces MODIFY TTL toDateTime(log_append_time) + toIntervalDay(${days})`,
  });
  clickhouse.logger.info({ days, before: current }, 'changed how long raw announces are kept');
}

/**
 * Brings the database to what this version needs: numbered migrations, the cluster's times, the
 * TTL. Does nothing where all is so already; several processes may do it at once. Throws a
 * StartError (exit code 69) that names a missing database, a refused login, a certificate that is
 * not to be trusted or another cluster's database, and an AppError (retryable) when ClickHouse is
 * away.
 */
export async function migrate(clickhouse: ClickHouse, options: PrepareOptions): Promise<void> {
  try {
    await ensureDatabase(
      clickhouse,
      options.createDatabase ?? clickhouse.database === defaultDatabase,
    );
    await runMigrations(clickhouse);
    await storeClusterTimes(clickhouse, options);
    if (options.rawTtlDays !== undefined) await applyRawTtl(clickhouse, options.rawTtlDays);
  } catch (error) {
    if (error instanceof AppError) throw error;
    if (refusals.has(serverErrorOf(error) ?? '')) {
      throw unavailable(`ClickHouse at ${clickhouse.url} refuses: ${messageOf(error)}`, error);
    }
    const trouble = tlsTrouble(error);
    if (trouble !== undefined) {
      throw unavailable(`ClickHouse at ${clickhouse.url}: ${trouble}`, error);
    }
    throw clickHouseError(error);
  }
}

const retryDelayMs = 1_000;

/**
 * `migrate`, waiting visibly for a ClickHouse that is away: the health check `clickhouse` has its
 * last reason, until a part that writes adds its own. Rejects when `stopping` is aborted.
 */
export async function prepareDatabase(
  clickhouse: ClickHouse,
  options: PrepareOptions & { readonly stopping: AbortSignal; readonly health: Health },
): Promise<void> {
  let problem: string | undefined = 'it has not answered yet';
  options.health.addCheck('clickhouse', () => problem);
  const waiting = new RateLimitedLog(Date.now, 5_000);
  for (;;) {
    try {
      await migrate(clickhouse, options);
      problem = undefined;
      return;
    } catch (error) {
      if (!(error instanceof AppError) || !error.retryable) throw error;
      problem = error.message;
      waiting.log(error.code, () => {
        const { url } = clickhouse;
        clickhouse.logger.warn({ url, error: messageOf(error) }, 'waiting for ClickHouse');
      });
      await delay(retryDelayMs, undefined, { signal: options.stopping });
    }
  }
}
