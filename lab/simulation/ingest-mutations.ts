import { isRowRefusal } from '../../clickhouse/index.js';
import type { InsertRows } from '../../ingest/announce-table.js';
import { BatchInsert, type RefusedRecord } from '../../ingest/batch-insert.js';
import type { PendingEntry } from '../../ingest/pending-rows.js';
import { appendingBy, type PartitionsProducer } from '../../kafka/index.js';
import { topics } from '../../schemas/index.js';
import { AppError } from '../../service/errors.js';
import { patch, replacing, type Mutation } from './mutation.js';
import type { SimulatedProcess } from './simulated-process.js';

const amongRefused = { profile: 'ingest', seedsMax: 10 } as const;

/** What raw rows are: docs/exactness.md#audit, docs/exactness.md#what-fails-is-set-aside. */
export const ingestMutations: readonly Mutation[] = [
  {
    name: 'ingest commits before ClickHouse has its rows',
    ...amongRefused,
    apply: () => replacing({ insertRaw: unanswered }),
  },
  {
    name: 'ingest drops a batch that is refused',
    ...amongRefused,
    apply: () => replacing({ insertRaw: (insert) => onRefusal(insert, () => undefined) }),
  },
  {
    name: 'raw rows that are refused are tried for ever',
    ...amongRefused,
    apply: () =>
      replacing({
        insertRaw: (insert) =>
          onRefusal(insert, () => {
            throw new AppError('clickhouse_rejected', 'refused');
          }),
      }),
  },
  {
    name: 'raw rows are set aside though it is the table that is wrong',
    ...amongRefused,
    apply: () =>
      patch(
        BatchInsert.prototype,
        'insert',
        (original) =>
          async function (this: BatchInsert<object>, entries, signal) {
            try {
              return await original.call(this, entries, signal);
            } catch (error) {
              if (!isRowRefusal(error)) throw error;
              return entries.flatMap(allOf);
            }
          },
      ),
  },
  {
    name: 'ingest sets aside without a dead letter',
    ...amongRefused,
    apply: () => replacing({ producer: withoutDeadLetters }),
  },
];

function unanswered(insert: InsertRows): InsertRows {
  return (rows, signal) => {
    insert(rows, signal).catch(() => undefined);
    return Promise.resolve();
  };
}

function onRefusal(insert: InsertRows, then: () => void): InsertRows {
  return async (rows, signal) => {
    try {
      await insert(rows, signal);
    } catch (error) {
      if (!isRowRefusal(error)) throw error;
      then();
    }
  };
}

/** All of what was added at once. */
function allOf({ assignment, rows }: PendingEntry<object>): RefusedRecord<object>[] {
  return rows.records.map(({ record, rowCount }) => ({
    assignment,
    record,
    rowCount,
    bytes: rows.bytes,
    reason: 'no such column',
  }));
}

function withoutDeadLetters(
  producer: PartitionsProducer,
  { name }: SimulatedProcess,
): PartitionsProducer {
  return appendingBy((topic, partition, records) =>
    topic === topics.deadLetters && name.startsWith('ingest')
      ? Promise.resolve({ partition, baseOffset: 0, logAppendTimeMs: 0 })
      : producer.append(topic, partition, records),
  );
}
