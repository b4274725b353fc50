import { afterAll, describe, expect, it } from '@jest/globals';
import { migrate, prepareDatabase, type ClickHouse } from '../../clickhouse/index.js';
import { loadMigrations } from '../../clickhouse/migrations.js';
import { Health } from '../../service/health.js';
import { silentLogger } from '../../service/testing/silent-logger.js';
import { sharedStack } from './testing/stack.js';
import { freshDatabaseName, minuteTimes, openDatabase, rowsOf } from './testing/views-support.js';

const createDatabase = true;

describe('the migrations of the database', () => {
  const opened: ClickHouse[] = [];
  const open = (database: string): ClickHouse => {
    const clickhouse = openDatabase(sharedStack().clickhouse.url, database);
    opened.push(clickhouse);
    return clickhouse;
  };

  afterAll(async () => {
    for (const clickhouse of opened) await clickhouse.close();
  });

  it('leave the newest views, though one process falls behind another and is killed', async () => {
    const database = freshDatabaseName();
    const [quick, slow] = [open(database), open(database)];
    const { client } = slow;
    let isBehind = false;
    const command: typeof client.command = async (params) => {
      if (isBehind) throw new Error('killed');
      if (/^CREATE .*VIEW.* stream_minutes_counted\b/.test(params.query)) {
        isBehind = true;
        await migrate(quick, minuteTimes);
      }
      return await client.command(params);
    };
    const killed: typeof client = new Proxy(client, {
      get: (target, name): unknown => {
        if (name === 'command') return command;
        const member: unknown = Reflect.get(target, name);
        return typeof member === 'function' ? member.bind(target) : member;
      },
    });
    const migrating = migrate({ ...slow, client: killed }, { ...minuteTimes, createDatabase });
    await expect(migrating).rejects.toThrow('killed');
    expect(await rowsOf(quick, 'SELECT views_begun FROM stream_minutes_counted')).toEqual([]);
  });

  it('may run in several processes at once, and again', async () => {
    const database = freshDatabaseName();
    const processes = [open(database), open(database), open(database)];
    await Promise.all(processes.map((one) => migrate(one, { ...minuteTimes, createDatabase })));
    const [clickhouse] = processes;
    if (clickhouse === undefined) throw new Error('no client');
    const tables = `SELECT name, create_table_query FROM system.tables
      WHERE database = currentDatabase() ORDER BY name`;
    const before = await rowsOf(clickhouse, tables);
    await migrate(clickhouse, { ...minuteTimes, createDatabase });
    expect(await rowsOf(clickhouse, tables)).toEqual(before);
    expect(
      await rowsOf(clickhouse, 'SELECT number, name FROM schema_migrations FINAL ORDER BY number'),
    ).toEqual(loadMigrations().map(({ number, name }) => ({ number, name })));
    expect(before.map(({ name }) => name)).toEqual([
      'announces',
      'announces_counted',
      'announces_late',
      'browser_usage',
      'browser_usage_by_quality',
      'cluster_settings',
      'errors_by_kind',
      'errors_by_kind_by_facet',
      'offload',
      'offload_by_facet',
      'offload_explained',
      'quality_of_experience',
      'quality_of_experience_by_facet',
      'schema_migrations',
      'sessions',
      'stream_minute_facets',
      'stream_minute_facets_counted',
      'stream_minutes',
      'stream_minutes_counted',
      'stream_minutes_saturated',
      'traffic',
      'viewers_by_facet',
      'viewers_by_quality',
      'viewers_per_minute',
      'views',
      'views_by_facet',
    ]);
  });

  it('refuse by name a database that is not there, unless it is the default one', async () => {
    const database = freshDatabaseName();
    const failing = migrate(open(database), minuteTimes);
    await expect(failing).rejects.toMatchObject({ exitCode: 69 });
    await expect(failing).rejects.toThrow(`has no database "${database}"`);
  });

  it("refuse another cluster's database", async () => {
    const clickhouse = open(freshDatabaseName());
    await migrate(clickhouse, { ...minuteTimes, createDatabase });
    const failing = migrate(clickhouse, { ...minuteTimes, intervalMs: 5_000 });
    await expect(failing).rejects.toMatchObject({ exitCode: 69 });
    await expect(failing).rejects.toThrow('minutes of 60000 ms');
  });

  it('follow changed times of the cluster', async () => {
    const clickhouse = open(freshDatabaseName());
    await migrate(clickhouse, { ...minuteTimes, createDatabase });
    await migrate(clickhouse, { ...minuteTimes, lateMs: 240_000 });
    const query = 'SELECT interval_ms, late_ms, grace_ms FROM cluster_settings FINAL';
    expect(await rowsOf(clickhouse, query)).toEqual([
      { interval_ms: 60_000, late_ms: 240_000, grace_ms: 60_000 },
    ]);
  });

  it('change how long raw announces are kept, when told', async () => {
    const clickhouse = open(freshDatabaseName());
    const ttl = async (): Promise<unknown> => {
      const query = `SELECT extract(engine_full, 'toIntervalDay\\\\((\\\\d+)\\\\)') AS days
        FROM system.tables WHERE database = currentDatabase() AND name = 'announces'`;
      return (await rowsOf(clickhouse, query))[0]?.['days'];
    };
    await migrate(clickhouse, { ...minuteTimes, createDatabase });
    expect(await ttl()).toBe('30');
    await migrate(clickhouse, { ...minuteTimes, rawTtlDays: 7 });
    expect(await ttl()).toBe('7');
    await migrate(clickhouse, minuteTimes);
    expect(await ttl()).toBe('7');
  });

  it('wait, and say so, while ClickHouse is away, and give up when the service stops', async () => {
    const stopping = new AbortController();
    const health = new Health();
    const warnings: string[] = [];
    const clickhouse = {
      ...openDatabase('http://127.0.0.1:9', 'viblast'),
      logger: {
        ...silentLogger,
        warn: (_fields: object, message: string) => {
          warnings.push(message);
          stopping.abort();
        },
      },
    };
    await expect(
      prepareDatabase(clickhouse, { ...minuteTimes, stopping: stopping.signal, health }),
    ).rejects.toThrow();
    expect(warnings).toEqual(['waiting for ClickHouse']);
    await clickhouse.close();
  });
});
