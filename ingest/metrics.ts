import { Counter, Gauge, Histogram, type Registry } from 'prom-client';

/** What an ingest process tells Prometheus. */
export function createIngestMetrics(registry: Registry) {
  return { ...readingMetrics([registry]), ...insertMetrics([registry]) };
}

function readingMetrics(registers: Registry[]) {
  return {
    records: new Counter({
      name: 'viblast_ingest_records_total',
      help: 'Records read from announces.',
      registers,
    }),
    brokenRecords: new Counter({
      name: 'viblast_ingest_broken_records_total',
      help: 'Records that were passed over, by reason. The rollup sends those that cannot be decoded to the dead letters, ingest those whose rows it cannot write (not_applicable).',
      labelNames: ['reason'] as const,
      registers,
    }),
    lostRanges: new Counter({
      name: 'viblast_ingest_lost_ranges_total',
      help: 'Assignments whose committed offset was gone from the log: raw announces before its beginning are lost.',
      registers,
    }),
    isPaused: new Gauge({
      name: 'viblast_ingest_paused',
      help: '1 while reading is paused because the memory for pending rows is full.',
      registers,
    }),
    ownedPartitions: new Gauge({
      name: 'viblast_ingest_owned_partitions',
      help: 'Partitions of announces owned.',
      registers,
    }),
    partitions: new Gauge({
      name: 'viblast_ingest_partitions',
      help: 'Partitions of announces, which all ingests own together.',
      registers,
    }),
    lagSeconds: new Gauge({
      name: 'viblast_ingest_lag_seconds',
      help: 'How old the last record was when it was read, of the partitions owned.',
      labelNames: ['partition'] as const,
      registers,
    }),
    lagRecords: new Gauge({
      name: 'viblast_ingest_lag_records',
      help: "Records between the group's commit and the log's end, of the partitions owned.",
      labelNames: ['partition'] as const,
      registers,
    }),
  };
}

function insertMetrics(registers: Registry[]) {
  return {
    rows: new Counter({
      name: 'viblast_ingest_rows_total',
      help: 'Rows that ClickHouse acknowledged, repeats included.',
      registers,
    }),
    batchRows: new Histogram({
      name: 'viblast_ingest_batch_rows',
      help: 'Rows of an insert.',
      buckets: [1, 10, 100, 1_000, 5_000, 10_000, 20_000, 50_000, 100_000, 500_000],
      registers,
    }),
    batchSeconds: new Histogram({
      name: 'viblast_ingest_batch_seconds',
      help: 'From the first try of an insert to its acknowledgement.',
      buckets: [0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30, 100, 300],
      registers,
    }),
    insertErrors: new Counter({
      name: 'viblast_ingest_insert_errors_total',
      help: 'Failed tries of an insert, each tried again, by code.',
      labelNames: ['code'] as const,
      registers,
    }),
    setAsideBytes: new Counter({
      name: 'viblast_ingest_set_aside_bytes_total',
      help: 'Bytes of rows that ClickHouse refused for what is in them, and took all others.',
      registers,
    }),
    standingPartitions: new Gauge({
      name: 'viblast_ingest_standing_partitions',
      help: 'Owned partitions that have made no progress for a minute; /readyz names them and why.',
      registers,
    }),
    commitErrors: new Counter({
      name: 'viblast_ingest_commit_errors_total',
      help: 'Failed commits; the next one covers them.',
      registers,
    }),
    pendingRows: new Gauge({
      name: 'viblast_ingest_pending_rows',
      help: 'Rows that wait for a batch.',
      registers,
    }),
    pendingBytes: new Gauge({
      name: 'viblast_ingest_pending_bytes',
      help: 'Bytes held between Kafka and ClickHouse.',
      registers,
    }),
  };
}

export type IngestMetrics = ReturnType<typeof createIngestMetrics>;
