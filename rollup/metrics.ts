import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import { groups, topics, totalsGroups, type SinkName } from '../schemas/index.js';
import type { LogEnd } from './log-watch.js';
import { refusalReasons } from './refusal.js';

/** What a rollup process tells Prometheus. */
export function createRollupMetrics(registry: Registry): RollupMetrics {
  const registers = [registry];
  const metrics = {
    ...readingMetrics(registers),
    ...logMetrics(registers),
    ...sendingMetrics(registers),
    ...sinkMetrics(registers),
  };
  startAtZero(metrics);
  return metrics;
}

export type RollupMetrics = ReturnType<typeof readingMetrics> &
  ReturnType<typeof logMetrics> &
  ReturnType<typeof sendingMetrics> &
  ReturnType<typeof sinkMetrics>;

/**
 * What is counted by labels that are known stands at 0 from the start, also where this process has
 * no such role: a first increase can be seen, and a sum over all rollups is 0, not nothing.
 */
function startAtZero(metrics: RollupMetrics): void {
  for (const outcome of ['counted', 'copy', 'not_in_time', 'ignored'] as const) {
    metrics.announces.inc({ outcome }, 0);
  }
  for (const topic of [topics.announces, topics.partials]) {
    metrics.records.inc({ topic }, 0);
    for (const reason of refusalReasons) metrics.deadLetters.inc({ topic, reason }, 0);
  }
  for (const topic of [topics.announces, topics.partials, topics.deadLetters]) {
    metrics.appendFailures.inc({ topic }, 0);
  }
  metrics.setAside.inc({ where: 'partials' }, 0);
  for (const sink of Object.keys(groups.totals) as SinkName[]) {
    metrics.sinkWrites.inc({ sink }, 0);
    metrics.sinkErrors.inc({ sink }, 0);
    metrics.setAside.inc({ where: sink }, 0);
  }
}

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
      help: 'Partitions owned, by consumer group.',
      labelNames: ['group'] as const,
      registers,
    }),
    lagRecords: new Gauge({
      name: 'viblast_rollup_lag_records',
      help: "Records between what was read and the log's end as it is now, of the partitions owned, summed by group.",
      labelNames: ['group'] as const,
      registers,
    }),
    logTimeLagSeconds: new Gauge({
      name: 'viblast_rollup_log_time_lag_seconds',
      help: 'How far time in the slowest owned partition of announces is behind this clock.',
      registers,
    }),
    openMinutes: new Gauge({
      name: 'viblast_rollup_open_minutes',
      help: 'Minutes retained of the partition that has most, by consumer group.',
      labelNames: ['group'] as const,
      registers,
    }),
    standingPartitions: new Gauge({
      name: 'viblast_rollup_standing_partitions',
      help: 'Owned partitions that have made no progress for a minute; /readyz names them and why.',
      registers,
    }),
    setAside: new Counter({
      name: 'viblast_rollup_set_aside_total',
      help: 'What could not be handled and was set aside, by where: partials, clickhouse, graphite.',
      labelNames: ['where'] as const,
      registers,
    }),
    sessions: new Gauge({
      name: 'viblast_rollup_sessions',
      help: 'Sessions held in the retained minutes of stage 1.',
      registers,
    }),
  };
}

/** What there is in Kafka, whoever reads it. */
function logMetrics(registers: Registry[]) {
  return {
    partitions: new Gauge({
      name: 'viblast_rollup_partitions',
      help: 'Partitions that all members of a consumer group own together.',
      labelNames: ['group'] as const,
      registers,
    }),
    replicasMissing: new Gauge({
      name: 'viblast_rollup_kafka_replicas_missing',
      help: 'Replicas of a topic that Kafka says are not in sync, over all partitions.',
      labelNames: ['topic'] as const,
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
      help: 'Failed writes of a sink, connections that were lost, and such as could not be renewed.',
      labelNames: ['sink'] as const,
      registers,
    }),
    corrections: new Counter({
      name: 'viblast_rollup_corrected_totals_total',
      help: 'Totals of a stream and minute written again because they changed.',
      registers,
    }),
    saturatedTotals: new Counter({
      name: 'viblast_rollup_saturated_totals_total',
      help: 'Totals of a stream and minute with a sum at its bound: it would be larger.',
      labelNames: ['sink', 'stream'] as const,
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
        'sink when all had closed it, 0 too; by the owner of them alone.',
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
  recordsBehind(logEnd: LogEnd): number;
}

/** Sets the gauges from what the readers hold. */
export function measureReaders(
  metrics: RollupMetrics,
  partials: readonly (MeasuredReader & { readonly logTimeMs: number; sessions(): number })[],
  totals: readonly (MeasuredReader & { readonly groupId: string })[],
  nowMs: number,
  logEnd: LogEnd,
): void {
  const readersOf = new Map<string, readonly MeasuredReader[]>([[groups.partials, partials]]);
  for (const group of totalsGroups) {
    const ofGroup = totals.filter(({ groupId }) => groupId === group);
    readersOf.set(group, ofGroup);
  }
  for (const [group, readers] of readersOf) {
    metrics.openMinutes.set({ group }, Math.max(0, ...readers.map((one) => one.openMinutes)));
    const recordsBehind = readers.reduce((sum, one) => sum + one.recordsBehind(logEnd), 0);
    metrics.lagRecords.set({ group }, recordsBehind);
  }
  metrics.sessions.set(partials.reduce((sum, one) => sum + one.sessions(), 0));
  // One that has read nothing yet knows no time, and hides none that has.
  const slowestMs = Math.min(...partials.map((one) => one.logTimeMs).filter(Number.isFinite));
  if (Number.isFinite(slowestMs)) metrics.logTimeLagSeconds.set((nowMs - slowestMs) / 1_000);
  // Whoever has lost its partitions is behind nothing.
  else metrics.logTimeLagSeconds.remove();
}
