import { describe, expect, it } from '@jest/globals';
import { PendingRows } from './pending-rows.js';
import { encodedRows } from './testing/encoded-rows.js';

interface Assignment {
  readonly name: string;
}

/** One byte for each row, so that what was inserted can be told apart. */
function rowsOf(first: number, count: number): Buffer {
  return Buffer.from(Array.from({ length: count }, (_, index) => (first + index) % 256));
}

describe('rows that wait for ClickHouse', () => {
  const left = { name: 'left' };
  const right = { name: 'right' };

  it('go into one batch over all partitions, in order of arrival', () => {
    const pending = new PendingRows<Assignment>();
    pending.open(left);
    pending.open(right);
    pending.add(left, encodedRows(rowsOf(1, 2), 2), 5, 100);
    pending.add(right, encodedRows(rowsOf(7, 1), 1), 3, 101);
    pending.add(left, encodedRows(rowsOf(3, 1), 1), 6, 102);
    expect([pending.rowCount, pending.oldestAtMs]).toEqual([4, 100]);
    const batch = pending.take();
    expect(Buffer.concat(batch.entries.map(({ rows }) => rows.bytes))).toEqual(
      Buffer.from([1, 2, 7, 3]),
    );
    expect([batch.rowCount, pending.rowCount, pending.oldestAtMs]).toEqual([4, 0, undefined]);
  });

  it('may be committed only once they were inserted', () => {
    const pending = new PendingRows<Assignment>();
    pending.open(left);
    pending.add(left, encodedRows(rowsOf(1, 2), 2), 5, 0);
    pending.take();
    pending.add(left, encodedRows(rowsOf(3, 1), 1), 6, 1);
    expect(pending.committable()).toEqual([]);
    pending.inserted();
    expect(pending.committable()).toEqual([{ assignment: left, offset: 5 }]);
    pending.committed({ assignment: left, offset: 5 });
    expect(pending.committable()).toEqual([]);
  });

  it('let records without rows be committed, after the rows before them', () => {
    const pending = new PendingRows<Assignment>();
    pending.open(left);
    pending.add(left, encodedRows(rowsOf(1, 1), 1), 1, 0);
    pending.add(left, encodedRows(Buffer.alloc(0), 0), 2, 1);
    pending.take();
    pending.add(left, encodedRows(Buffer.alloc(0), 0), 3, 2);
    pending.inserted();
    expect(pending.committable()).toEqual([{ assignment: left, offset: 2 }]);
    expect(pending.take()).toEqual({ entries: [], rowCount: 0 });
    pending.inserted();
    expect(pending.committable()).toEqual([{ assignment: left, offset: 3 }]);
  });

  it('are released when they were inserted, or will never be', () => {
    const pending = new PendingRows<Assignment>();
    const released: string[] = [];
    const add = (assignment: Assignment, rowCount: number, name: string): void => {
      const release = (): void => void released.push(name);
      const rows = { ...encodedRows(rowsOf(1, rowCount), rowCount), release };
      pending.add(assignment, rows, 1, 0);
    };
    pending.open(left);
    pending.open(right);
    add(left, 1, 'inserted');
    add(left, 0, 'without rows');
    expect(released).toEqual(['without rows']);
    pending.take();
    add(right, 1, 'closed');
    add(left, 1, 'waits');
    pending.close(right);
    expect(released).toEqual(['without rows', 'closed']);
    pending.inserted();
    expect(released).toEqual(['without rows', 'closed', 'inserted']);
  });

  it('of a closed assignment are neither inserted nor committed any more', () => {
    const pending = new PendingRows<Assignment>();
    pending.open(left);
    pending.open(right);
    pending.add(left, encodedRows(rowsOf(1, 2), 2), 5, 0);
    pending.take();
    pending.add(left, encodedRows(rowsOf(3, 1), 1), 6, 1);
    pending.add(right, encodedRows(rowsOf(9, 1), 1), 1, 2);
    pending.close(left);
    pending.add(left, encodedRows(rowsOf(4, 1), 1), 7, 3);
    pending.inserted();
    expect(pending.committable()).toEqual([]);
    expect(pending.take()).toMatchObject({
      entries: [{ rows: { bytes: rowsOf(9, 1) } }],
      rowCount: 1,
    });
  });

  it('refuse a second batch while one is being inserted', () => {
    const pending = new PendingRows<Assignment>();
    pending.open(left);
    pending.add(left, encodedRows(rowsOf(1, 1), 1), 1, 0);
    pending.take();
    expect(() => pending.take()).toThrow('not inserted');
  });
});
