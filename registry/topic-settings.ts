import type { NewTopic, TopicDescription } from '../kafka/index.js';
import { topics } from '../schemas/index.js';
import type { ClusterSettings } from './types.js';

/** What the system has a topic made with, and holds it to. `retentionMs` −1: for ever. */
interface TopicPlan {
  readonly topic: string;
  readonly partitions: number;
  /** True: who writes and who reads goes by `partitions`, so that more of them stay empty. */
  readonly mayHaveMore?: true;
  readonly cleanupPolicy: 'delete' | 'compact';
  readonly retentionMs: number;
  /** Where the broker's own bound won't do. */
  readonly messageBytesMax?: number;
  /** How long a file of the log may be written to: before that nothing of it is deleted. */
  readonly segmentMs?: number;
}

const minuteMs = 60_000;
const hourMs = 3_600_000;
const forEver = -1;

/**
 * Inboxes that trackers share out among them: docs/decisions/0012-one-swarm-through-kafka.md. With
 * as many trackers each reads little that is for others.
 */
const signalPartitions = 8;
/** What trackers tell each other is read at once or never. */
const ofThePresent = {
  cleanupPolicy: 'delete',
  retentionMs: 10 * minuteMs,
  segmentMs: 10 * minuteMs,
} as const;

/** Anything else would end readers: kafka/DEFECTS.md#a-codec-that-isnt-there-ends-the-consumer. */
const readableCompressions = ['producer', 'uncompressed', 'gzip'];

type Sizes = Pick<
  ClusterSettings,
  'partitions' | 'partialPartitions' | 'replicationFactor' | 'minInsyncReplicas'
>;

function topicPlans(sizes: Pick<Sizes, 'partitions' | 'partialPartitions'>): TopicPlan[] {
  return [
    {
      topic: topics.announces,
      partitions: sizes.partitions,
      mayHaveMore: true,
      cleanupPolicy: 'delete',
      retentionMs: 48 * hourMs,
    },
    {
      topic: topics.partials,
      partitions: sizes.partialPartitions,
      mayHaveMore: true,
      cleanupPolicy: 'delete',
      retentionMs: 24 * hourMs,
    },
    { topic: topics.registry, partitions: 1, cleanupPolicy: 'delete', retentionMs: forEver },
    { topic: topics.members, partitions: 1, cleanupPolicy: 'compact', retentionMs: forEver },
    {
      topic: topics.deadLetters,
      partitions: 1,
      cleanupPolicy: 'delete',
      retentionMs: 14 * 24 * hourMs,
      // A refused record may be as large as its topic takes, and has its origin around it here.
      messageBytesMax: 2 * 1_048_588,
    },
    { topic: topics.swarms, partitions: 1, ...ofThePresent },
    { topic: topics.signals, partitions: signalPartitions, ...ofThePresent },
  ];
}

/** The topics as `vba-admin setup` makes them: docs/topics.md. */
export function newTopics(sizes: Sizes): NewTopic[] {
  return topicPlans(sizes).map((plan) => ({
    topic: plan.topic,
    partitions: plan.partitions,
    replicationFactor: sizes.replicationFactor,
    settings: {
      'message.timestamp.type': 'LogAppendTime',
      'cleanup.policy': plan.cleanupPolicy,
      'retention.ms': String(plan.retentionMs),
      'retention.bytes': '-1',
      'compression.type': 'producer',
      'min.insync.replicas': String(sizes.minInsyncReplicas),
      'unclean.leader.election.enable': 'false',
      ...(plan.messageBytesMax === undefined
        ? {}
        : { 'max.message.bytes': String(plan.messageBytesMax) }),
      ...(plan.segmentMs === undefined ? {} : { 'segment.ms': String(plan.segmentMs) }),
    },
  }));
}

/**
 * What is wrong with a topic, one text a setting: which, what it is and what it should be.
 * Undefined stands for a topic that doesn't exist.
 */
export function topicProblems(
  topic: string,
  description: TopicDescription | undefined,
  sizes: Sizes,
): string[] {
  const plan = planOf(topic, sizes);
  if (description === undefined) return [`topic ${topic} does not exist`];
  const { settings } = description;
  const problems: string[] = [];
  const expect = (isRight: boolean, name: string, is: string | number, should: string): void => {
    if (!isRight) problems.push(`topic ${topic}: ${name} is ${is}, must be ${should}`);
  };
  const expectSetting = (
    name: string,
    isRight: (value: string) => boolean,
    should: string,
  ): void => {
    const value = settings[name];
    expect(value !== undefined && isRight(value), name, value ?? 'not told', should);
  };
  const { partitions, replicationFactor } = description;
  const isEnough = plan.mayHaveMore
    ? partitions >= plan.partitions
    : partitions === plan.partitions;
  expect(isEnough, 'partition count', partitions, String(plan.partitions));
  expect(
    replicationFactor >= sizes.replicationFactor,
    'replication factor',
    replicationFactor,
    `at least ${sizes.replicationFactor}`,
  );
  expectSetting('message.timestamp.type', (is) => is === 'LogAppendTime', 'LogAppendTime');
  expectSetting('cleanup.policy', (is) => is === plan.cleanupPolicy, plan.cleanupPolicy);
  if (plan.cleanupPolicy === 'delete') {
    expectSetting('retention.bytes', (is) => is === '-1', '-1');
    expectSetting(
      'retention.ms',
      (is) => is === '-1' || (plan.retentionMs !== forEver && Number(is) >= plan.retentionMs),
      plan.retentionMs === forEver ? '-1' : `at least ${plan.retentionMs}`,
    );
  }
  expectSetting(
    'compression.type',
    (is) => readableCompressions.includes(is),
    `one of ${readableCompressions.join(', ')}`,
  );
  expectSetting(
    'min.insync.replicas',
    (is) => Number(is) >= sizes.minInsyncReplicas,
    `at least ${sizes.minInsyncReplicas}`,
  );
  expectSetting('unclean.leader.election.enable', (is) => is === 'false', 'false');
  return problems;
}

/**
 * Of a topic that somebody gave more partitions than setup did, which can't be taken back: what an
 * operator should know; undefined where there are no more.
 */
export function surplusPartitions(
  topic: string,
  description: TopicDescription | undefined,
  sizes: Sizes,
): string | undefined {
  const { partitions: used, mayHaveMore } = planOf(topic, sizes);
  const { partitions = 0 } = description ?? {};
  if (mayHaveMore !== true || partitions <= used) return undefined;
  return `topic ${topic} has ${partitions} partitions, of which the first ${used} are used, as set up`;
}

function planOf(topic: string, sizes: Sizes): TopicPlan {
  const plan = topicPlans(sizes).find((candidate) => candidate.topic === topic);
  if (plan === undefined) throw new Error(`no plan for a topic ${topic}`);
  return plan;
}
