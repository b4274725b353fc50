import type { GroupCommit, LogAdmin, OffsetAt, PartitionOffsets } from '../../kafka/index.js';
import type { ClusterSettings } from '../../registry/index.js';
import {
  decodeCommitMetadata,
  groups,
  isIngestCommitMetadata,
  minuteEndMs,
  topics,
  totalsGroups,
  type MinuteTimes,
} from '../../schemas/index.js';

/**
 * True: all that is in time for a minute lies before what ingest has inserted. `reached`: the first
 * record stamped `late + grace` or more after the minute's end. Whatever comes after that one is
 * stamped at most `grace` earlier (docs/exactness.md#time-passes-in-the-log), so it is not in time.
 */
export function isIngestPast(
  reached: readonly OffsetAt[],
  inserted: ReadonlyMap<number, number>,
): boolean {
  return (
    reached.length > 0 &&
    reached.every(
      ({ partition, offset }) => offset !== undefined && (inserted.get(partition) ?? 0) >= offset,
    )
  );
}

/**
 * For each partition the offset up to which ingest has inserted, by its commits: without one, the
 * log's beginning if that is 0.
 */
export function insertedOffsets(commits: readonly GroupCommit[]): Map<number, number> {
  return new Map(
    commits
      .filter(({ metadata }) => isIngestCommitMetadata(metadata))
      .map(({ partition, offset }) => [partition, offset]),
  );
}

/**
 * The lowest `exactFrom` of a group's commits; undefined when a partition that holds anything has
 * none.
 */
export function lowestExactFrom(
  ends: readonly PartitionOffsets[],
  commits: readonly GroupCommit[],
): number | undefined {
  const exactFrom = new Map(
    commits.map(({ partition, metadata }) => [
      partition,
      decodeCommitMetadata(metadata)?.exactFrom,
    ]),
  );
  let lowest = Infinity;
  for (const { partition, endOffset } of ends) {
    const ofPartition = exactFrom.get(partition);
    if (ofPartition !== undefined) lowest = Math.min(lowest, ofPartition);
    else if (endOffset > 0) return undefined;
  }
  return Number.isFinite(lowest) ? lowest : undefined;
}

/**
 * The last minute, up to `latest`, for which `isPast` holds; it holds for all before one for which
 * it does.
 */
export async function lastMinuteThat(
  isPast: (minute: number) => Promise<boolean>,
  latest: number,
): Promise<number | undefined> {
  if (latest < 0) return undefined;
  if (await isPast(latest)) return latest;
  // Not past `high`; steps back in ever longer strides, then halves what is left.
  let high = latest;
  let low: number;
  for (let stride = 1; ; stride *= 2) {
    low = Math.max(0, high - stride);
    if (await isPast(low)) break;
    if (low === 0) return undefined;
    high = low;
  }
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (await isPast(middle)) low = middle;
    else high = middle;
  }
  return low;
}

/** How far ingest and the rollup have got, by their commits. */
export interface Progress {
  readonly ingestedTo: number | undefined;
  /** The lowest `exactFrom` of stage 2, of whichever sink, and of both stages. */
  readonly exactFromOfTotals: number | undefined;
  readonly exactFrom: number | undefined;
}

export async function readProgress(
  admin: Pick<LogAdmin, 'commits' | 'offsets' | 'offsetsAt'>,
  cluster: MinuteTimes & Pick<ClusterSettings, 'partitions' | 'partialPartitions'>,
  nowMs: number,
): Promise<Progress> {
  const ofAnnounces = { topic: topics.announces, partitions: cluster.partitions };
  const ofPartials = { topic: topics.partials, partitions: cluster.partialPartitions };
  const inserted = insertedOffsets(await admin.commits(groups.ingest, topics.announces));
  const finalAfterMs = cluster.lateMs + cluster.graceMs;
  const latest = Math.floor((nowMs - finalAfterMs) / cluster.intervalMs) - 1;
  const ingestedTo = await lastMinuteThat(async (minute) => {
    const finalAtMs = minuteEndMs(minute, cluster.intervalMs) + finalAfterMs;
    const reached = await admin.offsetsAt(topics.announces, finalAtMs);
    return isIngestPast(used(reached, ofAnnounces), inserted);
  }, latest);
  const exactFromOf = async (group: string, read: ReadTopic): Promise<number | undefined> => {
    const ends = used(await admin.offsets(read.topic), read);
    return lowestExactFrom(ends, await admin.commits(group, read.topic));
  };
  const ofTotals = lowest(
    await Promise.all(totalsGroups.map((group) => exactFromOf(group, ofPartials))),
  );
  return {
    ingestedTo,
    exactFromOfTotals: ofTotals,
    exactFrom: lowest([ofTotals, await exactFromOf(groups.partials, ofAnnounces)]),
  };
}

interface ReadTopic {
  readonly topic: string;
  /** Those below are read; a topic may have been given more. */
  readonly partitions: number;
}

function used<Of extends { readonly partition: number }>(
  all: readonly Of[],
  { partitions }: ReadTopic,
): readonly Of[] {
  return all.filter(({ partition }) => partition < partitions);
}

/** Undefined where any isn't known. */
function lowest(minutes: readonly (number | undefined)[]): number | undefined {
  const known = minutes.filter((minute) => minute !== undefined);
  return known.length < minutes.length ? undefined : Math.min(...known);
}
