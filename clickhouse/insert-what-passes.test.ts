import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { AppError } from '../service/errors.js';
import { insertWhatPasses } from './insert-what-passes.js';

/** A table that refuses an insert which has a negative number. */
function table(): {
  readonly rows: number[];
  readonly insert: (parts: readonly number[]) => Promise<void>;
} {
  const rows: number[] = [];
  return {
    rows,
    insert: (parts) => {
      if (parts.some((part) => part < 0)) {
        return Promise.reject(new AppError('clickhouse_refused_rows', 'a negative number'));
      }
      rows.push(...parts);
      return Promise.resolve();
    },
  };
}

describe('inserting what passes', () => {
  it('leaves out just what is refused', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: -3, max: 30 })), async (parts) => {
        const { rows, insert } = table();
        expect(await insertWhatPasses(parts, insert)).toEqual(parts.filter((part) => part < 0));
        expect(rows).toEqual(parts.filter((part) => part >= 0));
      }),
    );
  });

  it('gives up where ClickHouse itself is the trouble', async () => {
    const away = new AppError('clickhouse_unavailable', 'away', { retryable: true });
    await expect(insertWhatPasses([1, 2], () => Promise.reject(away))).rejects.toBe(away);
  });
});
