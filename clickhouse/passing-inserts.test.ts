import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { AppError } from '../service/errors.js';
import { PassingInserts } from './passing-inserts.js';

const refusal = new AppError('clickhouse_refused_rows', 'a negative number');

/** A table that refuses inserts with a negative number, and all inserts of these numbers. */
function table(wrongAt: readonly number[] = []) {
  const rows: number[] = [];
  let tries = 0;
  const inserts = new PassingInserts<number>((parts) => {
    tries += 1;
    if (wrongAt.includes(tries) || parts.some((part) => part < 0)) return Promise.reject(refusal);
    rows.push(...parts);
    return Promise.resolve();
  });
  return { rows, inserts, tries: () => tries };
}

describe('inserting what passes', () => {
  it('leaves out just what is refused', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: -3, max: 30 })), async (parts) => {
        const { rows, inserts } = table();
        const refused = await inserts.insert(parts);
        expect(refused.map(({ part }) => part)).toEqual(parts.filter((part) => part < 0));
        expect(rows).toEqual(parts.filter((part) => part >= 0));
      }),
    );
  });

  it('gives up where ClickHouse itself is the trouble', async () => {
    const away = new AppError('clickhouse_unavailable', 'away', { retryable: true });
    const inserts = new PassingInserts(() => Promise.reject(away));
    await expect(inserts.insert([1, 2])).rejects.toBe(away);
  });

  it('asks a table that is wrong twice, once it has taken something', async () => {
    const { inserts, tries } = table([2, 3]);
    await inserts.insert([1]);
    await expect(inserts.insert([2, 3, 4, 5])).rejects.toBe(refusal);
    expect(tries()).toBe(3);
  });

  it('holds nothing against a part while nothing was taken', async () => {
    const { inserts } = table();
    expect(await inserts.insert([-1])).toEqual([{ part: -1, error: refusal }]);
    await expect(inserts.insertAgain([-1], refusal)).rejects.toBe(refusal);
  });

  it('is sure of what is refused only where the table is right before, between and after', async () => {
    // 1 is taken, then −1, which is refused, is held against it.
    const isSure = async (wrongAt: readonly number[]) => {
      const { inserts } = table(wrongAt);
      await inserts.insert([1]);
      return inserts.insertAgain([-1], refusal);
    };
    expect(await isSure([])).toEqual([{ part: -1, error: refusal }]);
    for (const wrong of [3, 5, 6]) await expect(isSure([wrong])).rejects.toBe(refusal);
  });

  it('takes what was refused for a moment', async () => {
    const { rows, inserts } = table();
    await inserts.insert([1]);
    expect(await inserts.insertAgain([2, 3], refusal)).toEqual([]);
    expect(rows).toEqual([1, 2, 3]);
  });
});
