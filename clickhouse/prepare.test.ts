import { describe, expect, it } from '@jest/globals';
import { Health } from '../service/health.js';
import { silentLogger } from '../service/testing/silent-logger.js';
import { openClickHouse } from './client.js';
import { prepareDatabase } from './prepare.js';

describe('prepareDatabase', () => {
  it('has a reason for the health while ClickHouse is away', async () => {
    const stopping = new AbortController();
    const health = new Health();
    const told: Record<string, string>[] = [];
    const clickhouse = openClickHouse({
      url: 'http://127.0.0.1:9',
      database: 'viblast',
      user: 'default',
      password: '',
      logger: {
        ...silentLogger,
        warn: () => {
          told.push(health.reasons());
          stopping.abort();
        },
      },
    });
    const times = { intervalMs: 60_000, lateMs: 120_000, graceMs: 10_000 };
    const prepared = prepareDatabase(clickhouse, { ...times, stopping: stopping.signal, health });
    expect(health.reasons()).toEqual({ clickhouse: 'it has not answered yet' });
    await expect(prepared).rejects.toThrow();
    expect(told).toEqual([{ clickhouse: expect.stringContaining('ECONNREFUSED') as unknown }]);
    await clickhouse.close();
  });
});
