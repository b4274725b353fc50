import { groupLag, type LogAdmin } from '../kafka/index.js';
import { decodeCommitMetadata, groups, topics, totalsGroups } from '../schemas/index.js';
import type { GroupStanding, SystemLogs } from './routes/system.js';

const consumers = [
  { group: groups.partials, topic: topics.announces },
  { group: groups.ingest, topic: topics.announces },
  ...totalsGroups.map((group) => ({ group, topic: topics.partials })),
];

/** How far the groups that read the log have got. Rejects when Kafka doesn't answer. */
export function systemLogs(admin: LogAdmin, intervalMs: number): SystemLogs {
  return () =>
    Promise.all(
      consumers.map(async ({ group, topic }): Promise<GroupStanding> => {
        const [lag, commits] = await Promise.all([
          groupLag(admin, group, topic),
          admin.commits(group, topic),
        ]);
        const exactFrom = commits.flatMap(
          ({ metadata }) => decodeCommitMetadata(metadata)?.exactFrom ?? [],
        );
        const finalUntilMs = exactFrom.length === 0 ? null : Math.min(...exactFrom) * intervalMs;
        const byPartition = [...lag].map(([partition, behind]) => ({
          partition,
          behindRecords: Math.max(0, behind),
        }));
        return { group, topic, byPartition, finalUntilMs };
      }),
    );
}
