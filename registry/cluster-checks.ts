import type { LogAdmin } from '../kafka/index.js';
import { topics } from '../schemas/index.js';
import { exitCode, StartError } from '../service/errors.js';
import { surplusPartitions, topicProblems } from './topic-settings.js';
import type { ClusterSettings } from './types.js';

/** All topics of the system. */
export const allTopics: readonly string[] = Object.values(topics);

/** Without these a tracker goes on alone; a cluster of an earlier version has none. */
const topicsBetweenTrackers: readonly string[] = [topics.swarms, topics.signals];

/** The topics without which nothing works. */
export const neededTopics: readonly string[] = allTopics.filter(
  (topic) => !topicsBetweenTrackers.includes(topic),
);

/**
 * Holds the topics to what the registry and docs/topics.md#checks-at-the-start say. Throws a
 * StartError (`wrong_topic`, exit code 69) that names each topic and setting that is wrong, what it
 * is, and what it must be. Resolves with what is right and should be known, in words.
 */
export async function checkCluster(
  admin: LogAdmin,
  cluster: ClusterSettings,
  topicsNeeded: readonly string[] = allTopics,
): Promise<readonly string[]> {
  const topics = await Promise.all(
    topicsNeeded.map(async (topic) => ({ topic, is: await admin.describeTopic(topic) })),
  );
  const problems = topics.flatMap(({ topic, is }) => topicProblems(topic, is, cluster));
  if (problems.length > 0) {
    throw new StartError('wrong_topic', problems.join('; '), exitCode.unavailable);
  }
  return topics.flatMap(({ topic, is }) => surplusPartitions(topic, is, cluster) ?? []);
}
