import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import { topics } from '../schemas/index.js';

/** What a rollup process tells Prometheus. */
export function createRollupMetrics(registry: Registry) {
  const registers = [registry];
  return { ...readingMetrics(registers), ...sendingMetrics(registers), ...sinkMetrics(registers) };
}

export type RollupMetrics = ReturnType<typeof createRollupMetrics>;

/** What the readers of both stages read and hold. */
function readingMetrics(registers: Registry[]) {
  return {
    announces: new Counter({
      name: 'viblast_rollup_announces_total',
      help: 'Announces read by stage 1, by outcome: counted, copy, not_in_time, ignored.',
      labelNames: ['outcome'] as const,
      registers,
    }),
    records: new Counter({
      name: 'viblast_rollup_records_total',
      help: 'Records read, by topic.',
      labelNames: ['topic'] as const,
      registers,
    }),
    deadLetters: new Counter({
      name: 'viblast_rollup_dead_letters_total',
      help: 'Records sent to the dead letters, by topic and reason.',
      labelNames: ['topic', 'reason'] as const,
      registers,
    }),
    ownedPartitions: new Gauge({
      name: 'viblast_rollup_owned_partitions',
      help: 'Partitions owned, by topic.',
      labelNames: ['topic'] as const,
      registers,
    }),
    lagRecords: new Gauge({
      name: 'viblast_rollup_lag_records',
      help: "Records between what was read and the log's end when it was assigned, summed by topic.",
      labelNames: ['topic'] as const,
      registers,
    }),
    logTimeLagSeconds: new Gauge({
      name: 'viblast_rollup_log_time_lag_seconds',
      help: 'How far time in the slowest owned partition of announces is behind this clock.',
      registers,
    }),
    openMinutes: new Gauge({
      name: 'viblast_rollup_open_minutes',
      help: 'Minutes retained, by stage.',
      labelNames: ['stage'] as const,
      registers,
    }),
    sessions: new Gauge({
      name: 'viblast_rollup_sessions',
      help: 'Sessions held in the retained minutes of stage 1.',
      registers,
    }),
  };
}

/** What stage 1 appends. */
function sendingMetrics(registers: Registry[]) {
  return {
    marks: new Counter({
      name: 'viblast_rollup_marks_total',
      help: 'Marks appended.',
      registers,
    }),
    partialBatches: new Counter({
      name: 'viblast_rollup_partial_batches_total',
      help: 'Partial batches acknowledged.',
      registers,
    }),
    appendFailures: new Counter({
      name: 'viblast_rollup_append_failures_total',
      help: 'Appends that failed and were tried again, by topic.',
      labelNames: ['topic'] as const,
      registers,
    }),
  };
}

/** What stage 2 writes. */
function sinkMetrics(registers: Registry[]) {
  return {
    sinkWrites: new Counter({
      name: 'viblast_rollup_sink_writes_total',
      help: 'Totals of a stream and minute given to a sink.',
      labelNames: ['sink'] as const,
      registers,
    }),
    sinkErrors: new Counter({
      name: 'viblast_rollup_sink_errors_total',
      help: 'Failed writes and lost connections of a sink.',
      labelNames: ['sink'] as const,
      registers,
    }),
    corrections: new Counter({
      name: 'viblast_rollup_corrected_totals_total',
      help: 'Totals of a stream and minute written again because they changed.',
      registers,
    }),
    firstWriteDelaySeconds: new Histogram({
      name: 'viblast_rollup_first_write_delay_seconds',
      help: "From a minute's end to its first write, by sink.",
      labelNames: ['sink'] as const,
      buckets: [0.5, 1, 1.5, 2, 2.5, 3, 4, 5, 10, 20, 30, 60, 300],
      registers,
    }),
    toldUntilSeconds: new Gauge({
      name: 'viblast_rollup_told_until_seconds',
      help:
        'Unix time of the end of the last minute whose figures over all streams were given to a ' +
        'sink, 0 too; by the owner of them alone.',
      labelNames: ['sink'] as const,
      registers,
    }),
    sinkQueue: new Gauge({
      name: 'viblast_rollup_sink_queue',
      help: 'What waits to be taken by a sink: rows for clickhouse, bytes for graphite.',
      labelNames: ['sink'] as const,
      registers,
    }),
  };
}

interface MeasuredReader {
  readonly openMinutes: number;
  readonly lagRecords: number;
}

/** Sets the gauges from what the readers hold. */
export function measureReaders(
  metrics: RollupMetrics,
  partials: readonly (MeasuredReader & { readonly logTimeMs: number; sessions(): number })[],
  totals: readonly MeasuredReader[],
  nowMs: number,
): void {
  const sum = <Reader>(readers: readonly Reader[], value: (reader: Reader) => number): number =>
    readers.reduce((total, reader) => total + value(reader), 0);
  metrics.openMinutes.set(
    { stage: 'partials' },
    sum(partials, (reader) => reader.openMinutes),
  );
  metrics.openMinutes.set(
    { stage: 'totals' },
    sum(totals, (reader) => reader.openMinutes),
  );
  metrics.lagRecords.set(
    { topic: topics.announces },
    sum(partials, (reader) => reader.lagRecords),
  );
  metrics.lagRecords.set(
    { topic: topics.partials },
    sum(totals, (reader) => reader.lagRecords),
  );
  metrics.sessions.set(sum(partials, (reader) => reader.sessions()));
  const slowestMs = Math.min(...partials.map((reader) => reader.logTimeMs));
  if (Number.isFinite(slowestMs)) metrics.logTimeLagSeconds.set((nowMs - slowestMs) / 1_000);
}
