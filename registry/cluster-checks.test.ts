import { describe, expect, it } from '@jest/globals';
import type { TopicDescription } from '../kafka/index.js';
import { topics } from '../schemas/index.js';
import { clusterChoice } from './testing/examples.js';
import { MemoryKafka } from './testing/memory-kafka.js';
import { allTopics, checkCluster } from './cluster-checks.js';
import { clusterSettingsOf } from './cluster-rules.js';
import { newTopics, surplusPartitions, topicProblems } from './topic-settings.js';

const cluster = clusterSettingsOf(
  { ...clusterChoice, replicationFactor: 3, minInsyncReplicas: 2 },
  1,
);

function described(topic: string, change: Record<string, string> = {}): TopicDescription {
  const made = newTopics(cluster).find((plan) => plan.topic === topic);
  if (made === undefined) throw new Error(`no topic ${topic}`);
  return { ...made, settings: { ...made.settings, ...change } };
}

describe('topic checks', () => {
  it('find nothing wrong with the topics that setup makes', () => {
    expect(allTopics).toHaveLength(7);
    for (const topic of allTopics) {
      expect(topicProblems(topic, described(topic), cluster)).toEqual([]);
    }
  });

  it.each([
    ['message.timestamp.type', 'CreateTime', 'LogAppendTime'],
    ['cleanup.policy', 'compact', 'delete'],
    ['cleanup.policy', 'compact,delete', 'delete'],
    ['retention.bytes', '1073741824', '-1'],
    ['retention.ms', '3600000', 'at least 172800000'],
    ['compression.type', 'zstd', 'one of producer, uncompressed, gzip'],
    ['min.insync.replicas', '1', 'at least 2'],
    ['unclean.leader.election.enable', 'true', 'false'],
  ])('name announces whose %s is %s', (name, is, should) => {
    expect(
      topicProblems(topics.announces, described(topics.announces, { [name]: is }), cluster),
    ).toEqual([`topic announces: ${name} is ${is}, must be ${should}`]);
  });

  it.each([
    ['retention.ms', '-1'],
    ['retention.ms', '604800000'],
    ['compression.type', 'gzip'],
    ['compression.type', 'uncompressed'],
    ['min.insync.replicas', '3'],
  ])('let announces be whose %s is %s', (name, is) => {
    expect(
      topicProblems(topics.announces, described(topics.announces, { [name]: is }), cluster),
    ).toEqual([]);
  });

  it('hold each topic to its own retention and clean-up', () => {
    const problemsOf = (topic: string, change: Record<string, string>): string[] =>
      topicProblems(topic, described(topic, change), cluster);
    expect(problemsOf(topics.partials, { 'retention.ms': '86399999' })).toHaveLength(1);
    expect(problemsOf(topics.partials, { 'retention.ms': '86400000' })).toEqual([]);
    expect(problemsOf(topics.registry, { 'retention.ms': '604800000' })).toEqual([
      'topic registry: retention.ms is 604800000, must be -1',
    ]);
    expect(problemsOf(topics.members, { 'cleanup.policy': 'delete' })).toHaveLength(1);
    expect(problemsOf(topics.deadLetters, { 'retention.ms': '1209599999' })).toHaveLength(1);
  });

  it('name a wrong partition count, too few replicas, a missing setting and a missing topic', () => {
    const right = described(topics.announces);
    expect(topicProblems(topics.announces, { ...right, partitions: 7 }, cluster)).toEqual([
      'topic announces: partition count is 7, must be 8',
    ]);
    expect(topicProblems(topics.announces, { ...right, replicationFactor: 1 }, cluster)).toEqual([
      'topic announces: replication factor is 1, must be at least 3',
    ]);
    expect(topicProblems(topics.announces, { ...right, settings: {} }, cluster)).toContain(
      'topic announces: message.timestamp.type is not told, must be LogAppendTime',
    );
    expect(topicProblems(topics.announces, undefined, cluster)).toEqual([
      'topic announces does not exist',
    ]);
  });

  it('let announces and partials have more partitions, which is told: nobody can take them back', () => {
    for (const topic of [topics.announces, topics.partials]) {
      const right = described(topic);
      const more = { ...right, partitions: right.partitions + 1 };
      expect(topicProblems(topic, more, cluster)).toEqual([]);
      expect(surplusPartitions(topic, more, cluster)).toBe(
        `topic ${topic} has ${right.partitions + 1} partitions, of which the first ${right.partitions} are used, as set up`,
      );
      expect(surplusPartitions(topic, right, cluster)).toBeUndefined();
    }
    const members = { ...described(topics.members), partitions: 2 };
    expect(topicProblems(topics.members, members, cluster)).toEqual([
      'topic members: partition count is 2, must be 1',
    ]);
  });

  it('end a start with all that is wrong in one line', async () => {
    const kafka = new MemoryKafka();
    kafka.makeTopics(cluster);
    const admin = await kafka.admin();
    await checkCluster(admin, cluster);
    kafka.descriptions.delete(topics.deadLetters);
    kafka.descriptions.set(
      topics.announces,
      described(topics.announces, { 'retention.bytes': '9' }),
    );
    await expect(checkCluster(admin, cluster)).rejects.toMatchObject({
      code: 'wrong_topic',
      exitCode: 69,
      message:
        'topic announces: retention.bytes is 9, must be -1; topic dead-letters does not exist',
    });
    await checkCluster(admin, cluster, [topics.registry, topics.members]);
  });
});
