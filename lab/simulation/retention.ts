import { decodeCommitMetadata, exactFromOldest } from '../../rollup/commit-point.js';
import { topics } from '../../schemas/index.js';
import type { GroupCoordinator } from './group-coordinator.js';
import type { World } from './world.js';

/**
 * Deletes what retention may: all of the minutes that whoever reads it last still needs is exact
 * from what is left.
 */
export function deleteBeginning(
  { random, kafka, cluster, partialsGroup }: World,
  group: GroupCoordinator,
  partition: number,
): boolean {
  const topic = group === partialsGroup ? topics.announces : topics.partials;
  const commit = group.commits().find((one) => one.partition === partition);
  const point = decodeCommitMetadata(commit?.metadata ?? '');
  if (point === undefined) return false;
  const log = kafka.records(topic, partition);
  const deletable = log
    .slice(kafka.startOffset(topic, partition) + 1, point.offset + 1)
    .filter((record) => exactFromOldest(record.logAppendTimeMs, cluster) <= point.exactFrom);
  if (deletable.length === 0) return false;
  kafka.deleteBefore(topic, partition, random.pick(deletable).offset);
  return true;
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
  const commits = partialsGroup.commits();
  for (let partition = 0; partition < cluster.partitions; partition += 1) {
    const commit = commits.find((one) => one.partition === partition);
    const point = decodeCommitMetadata(commit?.metadata ?? '') ?? { offset: 0, exactFrom: 0 };
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
