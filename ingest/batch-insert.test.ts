import { describe, expect, it } from '@jest/globals';
import { AppError } from '../service/errors.js';
import { BatchInsert } from './batch-insert.js';
import type { EncodedRows } from './pending-rows.js';
import { encodedRecords } from './testing/encoded-rows.js';

const { signal } = new AbortController();

const noRows = (): readonly Buffer[] => [];

/** A table that refuses whatever has this in it. */
function refusing(word: string, rowsOf = noRows) {
  const inserted: string[] = [];
  const table = new BatchInsert((rows) => {
    const texts = rows.map(String);
    if (texts.some((text) => text.includes(word))) {
      return Promise.reject(new AppError('clickhouse_refused_rows', `no ${word}`));
    }
    inserted.push(...texts);
    return Promise.resolve();
  }, rowsOf);
  return { table, inserted };
}

function entry(rows: EncodedRows) {
  return { assignment: {}, rows, nextOffset: 9 };
}

describe('the insert of a batch', () => {
  it('finds the records that are refused, where every part has one and nothing was taken before', async () => {
    const { table, inserted } = refusing('bad');
    const parts = [
      ['bad', 'one'],
      ['two', 'bad', 'three', 'worse bad'],
    ];
    const refused = await table.insert(
      parts.map((texts) => entry(encodedRecords(texts))),
      signal,
    );
    expect(
      refused.map(({ record, bytes, reason }) => [record.offset, String(bytes), reason]),
    ).toEqual([
      [0, 'bad', 'no bad'],
      [1, 'bad', 'no bad'],
      [3, 'worse bad', 'no bad'],
    ]);
    expect(new Set(inserted.join(' ').match(/one|two|three/g))).toEqual(
      new Set(['one', 'two', 'three']),
    );
  });

  it('looks for what is taken in every part, where the first has nothing of it', async () => {
    const { table } = refusing('bad');
    const parts = [['bad'], ['worse bad', 'good']];
    const refused = await table.insert(
      parts.map((texts) => entry(encodedRecords(texts))),
      signal,
    );
    expect(refused.map(({ bytes }) => String(bytes))).toEqual(['bad', 'worse bad']);
  });

  it('rejects where nothing is taken and nothing was before: the table may be wrong', async () => {
    const { table } = refusing('');
    const all = ['one', 'two'].map((text) => entry(encodedRecords([text])));
    await expect(table.insert(all, signal)).rejects.toMatchObject({
      code: 'clickhouse_refused_rows',
    });
  });

  it('goes by a row of the only record, where nothing else was taken', async () => {
    const rows = ['bad', 'good'].map((text) => Buffer.from(text));
    const { table, inserted } = refusing('bad', () => rows);
    const refused = await table.insert([entry(encodedRecords(['bad and good']))], signal);
    expect(refused.map(({ record }) => record.offset)).toEqual([0]);
    expect(new Set(inserted)).toEqual(new Set(['good']));
  });

  it('holds on to none of the bytes it was given', async () => {
    const { table, inserted } = refusing('bad');
    const before = encodedRecords(['one', 'two']);
    await table.insert([entry(before)], signal);
    before.bytes.fill('bad');
    expect(await table.insert([entry(encodedRecords(['bad', 'three']))], signal)).toHaveLength(1);
    expect(inserted.filter((text) => text === 'one').length).toBeGreaterThan(1);
  });

  it('asks once for what is taken', async () => {
    const { table, inserted } = refusing('bad');
    const all = [['one', 'two'], ['three']].map((texts) => entry(encodedRecords(texts)));
    expect(await table.insert(all, signal)).toEqual([]);
    expect(inserted).toEqual(['onetwo', 'three']);
  });
});
