import type { LogAdmin } from './types.js';

/**
 * How many records stand between a group's commits and the log's end, by partition. Asked for at
 * the same time, a commit may be newer than the end: such a number is negative.
 */
export async function groupLag(
  admin: Pick<LogAdmin, 'offsets' | 'commits'>,
  groupId: string,
  topic: string,
): Promise<ReadonlyMap<number, number>> {
  const [logs, commits] = await Promise.all([admin.offsets(topic), admin.commits(groupId, topic)]);
  const committed = new Map(commits.map(({ partition, offset }) => [partition, offset]));
  return new Map(
    logs.map(({ partition, startOffset, endOffset }) => {
      const from = Math.max(committed.get(partition) ?? 0, startOffset);
      return [partition, endOffset - from];
    }),
  );
}
