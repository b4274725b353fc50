import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { AppError } from '../../service/errors.js';
import { RateLimitedLog } from '../../service/logs.js';
import { silentLogger as logger } from '../../service/testing/silent-logger.js';
import { testCell } from '../testing/cell.js';
import type { UnusableMinute } from '../set-aside.js';
import { ClickHouseSink, type InsertRows } from './clickhouse-sink.js';
import type { MinuteWrite } from './sink.js';

const cells = [testCell()];
const write: MinuteWrite = {
  minute: 7,
  version: 3,
  totals: ['arena', 'cursed', 'studio'].map((stream) => ({ stream, cells })),
  previous: new Map(),
};

function sinkInserting(insert: InsertRows) {
  const setAside: UnusableMinute[] = [];
  const sink = new ClickHouseSink({
    insert,
    intervalMs: 60_000,
    sleep: () => sleep(1),
    logger,
    rateLimited: new RateLimitedLog(Date.now),
    onError: () => undefined,
    setAside: (one) => setAside.push(one),
  });
  return { sink, setAside };
}

/** A sink on a table that refuses an insert with a row of one of these streams. */
function sinkRefusing(refused: Set<string>) {
  const streams: string[] = [];
  const insert: InsertRows = ({ cells: ofCells, facets }) => {
    const rows = [...ofCells, ...facets];
    if (rows.some(({ stream }) => refused.has(stream))) {
      return Promise.reject(new AppError('clickhouse_refused_rows', 'a value out of range'));
    }
    streams.push(...rows.map(({ stream }) => stream));
    return Promise.resolve();
  };
  return { ...sinkInserting(insert), streams };
}

describe('a row that ClickHouse refuses for what is in it', () => {
  it('is set aside by its stream and minute; the others of its insert are taken', async () => {
    const { sink, streams, setAside } = sinkRefusing(new Set(['cursed']));
    const receipt = sink.write(write);
    while (receipt?.isTaken() !== true) await nextTurn();
    expect(new Set(streams)).toEqual(new Set(['arena', 'studio']));
    expect(setAside).toMatchObject([{ where: 'clickhouse', stream: 'cursed', minute: 7 }]);
    expect(sink.problem()).toBeUndefined();
  });

  it('waits where all rows are refused: then the table is wrong, and nothing is given up', async () => {
    const refused = new Set(['arena', 'cursed', 'studio']);
    const { sink, streams, setAside } = sinkRefusing(refused);
    const receipt = sink.write(write);
    while (sink.problem() === undefined) await nextTurn();
    expect(receipt?.isTaken()).toBe(false);
    refused.clear();
    while (receipt?.isTaken() !== true) await sleep(1);
    expect(streams.sort()).toEqual(['arena', 'cursed', 'studio']);
    expect(setAside).toEqual([]);
  });

  it('is set aside though it comes alone, once others show that the table is right', async () => {
    const { sink, streams, setAside } = sinkRefusing(new Set(['cursed']));
    const alone = sink.write({ ...write, totals: [{ stream: 'cursed', cells }] });
    while (sink.problem() === undefined) await nextTurn();
    expect(setAside).toEqual([]);
    sink.write({ ...write, minute: 8, totals: [{ stream: 'arena', cells }] });
    while (alone?.isTaken() !== true) await sleep(1);
    expect(new Set(streams)).toEqual(new Set(['arena']));
    expect(setAside).toMatchObject([{ stream: 'cursed', minute: 7 }]);
  });

  it('is not set aside where the table turns wrong while it is looked for', async () => {
    const refused = new Set(['cursed']);
    const { sink, streams, setAside } = sinkRefusing(refused);
    const first = sink.write({ ...write, totals: [{ stream: 'arena', cells }] });
    while (first?.isTaken() !== true) await nextTurn();
    refused.add('arena');
    const second = sink.write({ ...write, minute: 8 });
    while (sink.problem() === undefined) await nextTurn();
    refused.clear();
    while (second?.isTaken() !== true) await sleep(1);
    expect(streams).toContain('cursed');
    expect(setAside).toEqual([]);
  });
});

describe('writes to ClickHouse', () => {
  it('are inserted two at a time, what comes meanwhile in one go, and are taken each on its own', async () => {
    const inserts: { readonly streams: string[]; readonly answer: () => void }[] = [];
    const { sink } = sinkInserting(
      ({ cells: ofCells }) =>
        new Promise<void>((answer) => {
          inserts.push({ streams: Array.from(ofCells, ({ stream }) => stream), answer });
        }),
    );
    const receipts = ['a', 'b', 'c', 'd'].map((stream) =>
      sink.write({ ...write, totals: [{ stream, cells }] }),
    );
    const taken = (): unknown[] => receipts.map((receipt) => receipt?.isTaken());
    expect(inserts.map(({ streams }) => streams)).toEqual([['a'], ['b']]);
    inserts[1]?.answer();
    while (inserts.length < 3) await nextTurn();
    expect(inserts[2]?.streams).toEqual(['c', 'd']);
    expect(taken()).toEqual([false, true, false, false]);
    expect(sink.waitingRows).toBe(3);
    for (const { answer } of inserts) answer();
    while (taken().includes(false)) await nextTurn();
    expect(sink.waitingRows).toBe(0);
  });

  it('have the rows of all streams but those whose rows cannot be made, which are set aside', async () => {
    const { sink, streams, setAside } = sinkRefusing(new Set());
    const add = (): never => {
      throw new Error('a mistake');
    };
    const cursed = { stream: 'cursed', cells: [], facets: { countMax: 1, add } };
    const receipt = sink.write({ ...write, totals: [cursed, { stream: 'arena', cells }] });
    while (receipt?.isTaken() !== true) await nextTurn();
    expect(streams).toEqual(['arena']);
    expect(setAside).toMatchObject([{ where: 'clickhouse', stream: 'cursed', minute: 7 }]);
  });
});
