import { closedMetric, metricBase } from '../../graphite/index.js';
import { partitionOfStream } from '../../kafka/index.js';
import { allStreams } from '../../schemas/index.js';
import type { Figures } from './figures.js';

/** Where in Graphite it stands what of a stream is known. */
export interface Naming {
  readonly prefix: string;
  readonly intervalMs: number;
  /** How many partitions `rollup-partials` has. */
  readonly partialPartitions: number;
}

/**
 * By their number, the partitions of streams: of 10 000 in a list hashing is most of what a row
 * takes. Past so many all are forgotten.
 */
const placed = new Map<number, Map<string, number>>();
const placedMax = 50_000;

/** The partition of `rollup-partials` that has a stream; undefined: all streams together. */
export function partitionOfSubject(stream: string = allStreams, naming: Naming): number {
  const { partialPartitions } = naming;
  const known = placed.get(partialPartitions) ?? new Map<string, number>();
  let partition = known.get(stream);
  if (partition === undefined) {
    partition = partitionOfStream(stream, partialPartitions);
    if (known.size >= placedMax) known.clear();
    placed.set(partialPartitions, known.set(stream, partition));
  }
  return partition;
}

/** The metrics that say which minutes of a partition are closed, or of all of them. */
export function closedTargets(partition: number | '*', naming: Naming): string[] {
  const ofTotal = partitionOfSubject(undefined, naming);
  const partitions = [...new Set([partition, ofTotal])];
  return [
    ...partitions.map((one) => closedMetric(naming.prefix, one)),
    `${metricBase(naming.prefix, allStreams)}.viewers`,
  ];
}

/**
 * The steps whose every minute a partition has closed: 1 of each. An absent point of a sum means 0
 * there (docs/graphite.md#progress). Rollups of before told of no partition: of minutes before the
 * first one told by it, or by that of the figures over all streams, these figures are the sign.
 * `toldSinceMs`: a time from which on it was told, as far as is known without these figures; after
 * it, what isn't told isn't closed.
 */
export function closedSteps(
  figures: Figures,
  partition: number,
  naming: Naming,
  toldSinceMs: number | null,
): Uint8Array {
  const { prefix, intervalMs } = naming;
  const { columns, stepMs } = figures;
  const count = Math.round((figures.untilMs - figures.fromMs) / stepMs);
  const minutes = Math.round(stepMs / intervalMs);
  const closed = columns.get(closedMetric(prefix, partition));
  const ofTotal = columns.get(closedMetric(prefix, partitionOfSubject(undefined, naming)));
  const overAll = columns.get(`${metricBase(prefix, allStreams)}.viewers`);
  const since = ((toldSinceMs ?? Infinity) - figures.fromMs) / stepMs;
  const toldFrom = Math.min(firstTold(closed, count), firstTold(ofTotal, count), since);
  const steps = new Uint8Array(count);
  for (let index = 0; index < count; index += 1) {
    const isClosed =
      index < toldFrom
        ? !Number.isNaN(overAll?.[index] ?? NaN)
        : (closed?.[index] ?? NaN) >= minutes;
    steps[index] = isClosed ? 1 : 0;
  }
  return steps;
}

/** The first step that is told, `count` where none is. */
export function firstTold(column: Float64Array | undefined, count: number): number {
  const first = column?.findIndex((value) => !Number.isNaN(value)) ?? -1;
  return first === -1 ? count : first;
}
