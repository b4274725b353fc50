import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { PendingRows } from './pending-rows.js';
import { encodedRows } from './testing/encoded-rows.js';

interface Assignment {
  readonly partition: number;
}

const idBytes = 8;

function rowId(partition: number, offset: number): string {
  const bytes = Buffer.alloc(idBytes);
  bytes.writeUInt32LE(partition, 0);
  bytes.writeUInt32LE(offset, 4);
  return bytes.toString('hex');
}

/** Some partitions' logs, their reading, and a table that remembers which rows it was given. */
class World {
  readonly pending = new PendingRows<Assignment>();
  readonly table = new Set<string>();
  readonly #partitions: {
    log: readonly boolean[];
    assignment: Assignment;
    next: number;
    committed: number;
  }[];
  #outstanding: readonly Buffer[] | undefined;

  /** `logs`: for each partition whether the record at each offset has a row. */
  constructor(logs: readonly (readonly boolean[])[]) {
    this.#partitions = logs.map((log, partition) => ({
      log,
      assignment: { partition },
      next: 0,
      committed: 0,
    }));
    for (const { assignment } of this.#partitions) this.pending.open(assignment);
  }

  read(index: number, recordCountMax: number): void {
    const partition = this.#partitions[index];
    if (partition === undefined || partition.next >= partition.log.length) return;
    const end = Math.min(partition.next + recordCountMax, partition.log.length);
    const ids: string[] = [];
    for (let offset = partition.next; offset < end; offset += 1) {
      if (partition.log[offset] === true) ids.push(rowId(index, offset));
    }
    partition.next = end;
    const rows = encodedRows(Buffer.from(ids.join(''), 'hex'), ids.length);
    this.pending.add(partition.assignment, rows, end, 0);
  }

  take(): void {
    this.#outstanding ??= this.pending.take().entries.map(({ rows }) => rows.bytes);
  }

  insert(): void {
    if (this.#outstanding === undefined) return;
    const rows = Buffer.concat(this.#outstanding).toString('hex');
    for (let at = 0; at < rows.length; at += 2 * idBytes) {
      this.table.add(rows.slice(at, at + 2 * idBytes));
    }
    this.#outstanding = undefined;
    this.pending.inserted();
  }

  /** Commits what may be, checking that all of it stands in the table. */
  commit(fails: boolean): void {
    for (const position of this.pending.committable()) {
      const index = position.assignment.partition;
      const partition = this.#partitions[index];
      expect(partition?.assignment).toBe(position.assignment);
      if (partition === undefined) continue;
      expect(position.offset).toBeLessThanOrEqual(partition.next);
      expect(position.offset).toBeGreaterThan(partition.committed);
      this.#expectInTable(index, position.offset);
      if (fails) continue;
      partition.committed = position.offset;
      this.pending.committed(position);
    }
  }

  /** The partition goes to another owner, or to this one anew: reading goes on at the commit. */
  reassign(index: number): void {
    const partition = this.#partitions[index];
    if (partition === undefined) return;
    this.pending.close(partition.assignment);
    partition.assignment = { partition: index };
    partition.next = partition.committed;
    this.pending.open(partition.assignment);
  }

  /** Everything works again, and all is read to its end. */
  finish(): void {
    this.insert();
    for (const [index, { log }] of this.#partitions.entries()) this.read(index, log.length);
    this.take();
    this.insert();
    this.commit(false);
    for (const [index, { log, committed }] of this.#partitions.entries()) {
      expect(committed).toBe(log.length);
      this.#expectInTable(index, log.length);
    }
    expect([this.pending.bytes, this.pending.rowCount]).toEqual([0, 0]);
  }

  #expectInTable(index: number, before: number): void {
    const log = this.#partitions[index]?.log ?? [];
    for (let offset = 0; offset < before; offset += 1) {
      if (log[offset] === true) expect(this.table.has(rowId(index, offset))).toBe(true);
    }
  }
}

const index = fc.nat(2);
const step = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.tuple(fc.constant('read' as const), index, fc.integer({ min: 1, max: 4 })),
  },
  { weight: 2, arbitrary: fc.tuple(fc.constant('take' as const)) },
  { weight: 2, arbitrary: fc.tuple(fc.constant('insert' as const)) },
  { weight: 2, arbitrary: fc.tuple(fc.constant('commit' as const), fc.boolean()) },
  { weight: 1, arbitrary: fc.tuple(fc.constant('reassign' as const), index) },
);

describe('rows that wait for ClickHouse', () => {
  it('are never committed before they were inserted, and none is left out, whatever happens', () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(fc.boolean(), { maxLength: 30 }), { minLength: 3, maxLength: 3 }),
        fc.array(step, { maxLength: 80 }),
        (logs, steps) => {
          const world = new World(logs);
          for (const [kind, first, second] of steps) {
            if (kind === 'read') world.read(first, second);
            else if (kind === 'take') world.take();
            else if (kind === 'insert') world.insert();
            else if (kind === 'commit') world.commit(first);
            else world.reassign(first);
          }
          world.finish();
        },
      ),
      { numRuns: 500 },
    );
  });
});
