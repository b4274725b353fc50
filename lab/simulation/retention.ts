import {
  decodeCommitMetadata,
  exactFromOldest,
  type CommitPoint,
} from '../../rollup/commit-point.js';
import { topics } from '../../schemas/index.js';
import type { GroupCoordinator } from './group-coordinator.js';
import type { World } from './world.js';

/**
 * Deletes what retention may: all of the minutes that whoever reads it last still needs is exact
 * from what is left, in each group that reads it.
 */
export function deleteBeginning(
  { random, kafka, cluster, partialsGroup, totalsGroups, ingests }: World,
  group: GroupCoordinator,
  partition: number,
): boolean {
  const isOfAnnounces = !Object.values(totalsGroups).includes(group);
  const topic = isOfAnnounces ? topics.announces : topics.partials;
  const groups = isOfAnnounces ? [partialsGroup] : Object.values(totalsGroups);
  const points = groups.map((reading) => committedPoint(reading, partition));
  const known = points.filter((point) => point !== undefined);
  if (known.length < points.length) return false;
  const ingested = isOfAnnounces ? (ingests.committedBefore(partition) ?? 0) : Infinity;
  const offset = Math.min(ingested, ...known.map((point) => point.offset));
  const exactFrom = Math.min(...known.map((point) => point.exactFrom));
  const log = kafka.records(topic, partition);
  const deletable = log
    .slice(kafka.startOffset(topic, partition) + 1, offset + 1)
    .filter((record) => exactFromOldest(record.logAppendTimeMs, cluster) <= exactFrom);
  if (deletable.length === 0) return false;
  kafka.deleteBefore(topic, partition, random.pick(deletable).offset);
  return true;
}

function committedPoint(group: GroupCoordinator, partition: number): CommitPoint | undefined {
  const commit = group.commits().find((one) => one.partition === partition);
  return decodeCommitMetadata(commit?.metadata ?? '');
}

/**
 * Deletes what nobody has read yet, of every partition of `announces`: as if everybody had been
 * away for too long.
 */
export function deleteUnread({ kafka, cluster, partialsGroup, faults }: World): {
  readonly from: number;
  readonly before: number;
} {
  let from = Infinity;
  let before = -Infinity;
  for (let partition = 0; partition < cluster.partitions; partition += 1) {
    const point = committedPoint(partialsGroup, partition) ?? { offset: 0, exactFrom: 0 };
    const log = kafka.records(topics.announces, partition);
    const oldest = log[(point.offset + log.length) >> 1];
    if (oldest === undefined || oldest.offset <= point.offset) continue;
    faults.count('unread records are deleted');
    kafka.deleteBefore(topics.announces, partition, oldest.offset);
    from = Math.min(from, point.exactFrom);
    before = Math.max(before, exactFromOldest(oldest.logAppendTimeMs, cluster));
  }
  return { from, before };
}
