import { setTimeout as delay } from 'node:timers/promises';
import type { KafkaConnection, LogAdmin } from '../kafka/index.js';
import {
  allTopics,
  checkCluster,
  clusterChoiceOf,
  clusterDifferences,
  clusterError,
  newTopics,
  Registry,
  RegistryWriter,
  surplusPartitions,
  topicProblems,
  type ClusterChoice,
  type ClusterSettings,
} from '../registry/index.js';
import { topics } from '../schemas/index.js';
import { exitCode, StartError } from '../service/errors.js';
import type { Logger } from '../service/logs.js';

const pollMs = 200;
/** Brokers that start together with the command may join a little later. */
const brokersJoinWithinMs = 5_000;
const topicVisibleWithinMs = 15_000;

export interface SetUpOptions {
  readonly kafka: KafkaConnection;
  readonly logger: Logger;
  readonly choice: ClusterChoice;
  /** Of the choice what was asked for: a cluster that stands keeps the rest. Default: all. */
  readonly told?: Partial<ClusterChoice>;
  readonly actor: string;
  readonly say: (line: string) => void;
}

export interface SetUpResult {
  readonly createdTopics: readonly string[];
  readonly cluster: ClusterSettings;
  /** True: everything was there already. */
  readonly wasSetUp: boolean;
}

/**
 * Makes the topics and the cluster's settings, or makes sure that they are what is wanted:
 * repeating it, also after a crash half-way, does no harm. Throws StartErrors: `usage` (64),
 * `too_few_brokers` and `wrong_topic` (69), `configuration` (78, set up with other settings).
 */
export async function setUp(asked: SetUpOptions): Promise<SetUpResult> {
  const { kafka, say } = asked;
  const admin = await kafka.admin();
  try {
    const isThere = (await admin.describeTopic(topics.registry)) !== undefined;
    const options = isThere ? await asItStands(asked) : asked;
    const { choice } = options;
    const broken = clusterError(choice);
    if (broken !== undefined) throw new StartError('usage', broken, exitCode.usage);
    await checkBrokers(admin, choice, say);
    const createdTopics = await createMissingTopics(admin, choice, say);
    const { cluster, isNew } = await writeClusterSettings(options);
    await checkCluster(admin, cluster);
    return { createdTopics, cluster, wasSetUp: createdTopics.length === 0 && !isNew };
  } finally {
    await admin.close();
  }
}

async function withRegistry<Result>(
  { kafka, logger }: SetUpOptions,
  work: (registry: Registry) => Promise<Result>,
): Promise<Result> {
  const registry = new Registry(kafka, logger);
  try {
    await registry.start();
    return await work(registry);
  } finally {
    await registry.stop();
  }
}

/** Before anything is made: settings that stand already must be the wanted ones. */
async function asItStands(options: SetUpOptions): Promise<SetUpOptions> {
  return await withRegistry(options, (registry) => {
    const cluster = registry.cluster();
    if (cluster === undefined) return Promise.resolve(options);
    const choice = { ...clusterChoiceOf(cluster), ...(options.told ?? options.choice) };
    refuseOtherSettings(cluster, choice);
    return Promise.resolve({ ...options, choice });
  });
}

function refuseOtherSettings(cluster: ClusterSettings, choice: ClusterChoice): void {
  const differences = clusterDifferences(clusterChoiceOf(cluster), choice);
  if (differences.length === 0) return;
  throw new StartError(
    'configuration',
    `already set up with other settings: ${differences.join('; ')}`,
    exitCode.configuration,
  );
}

/** Waits a little for as many brokers as are wanted; throws a StartError (`too_few_brokers`). */
export async function checkBrokers(
  admin: LogAdmin,
  { replicationFactor, minInsyncReplicas }: ClusterChoice,
  say: (line: string) => void,
): Promise<void> {
  let brokers = await admin.brokerCount();
  for (let waitedMs = 0; brokers < replicationFactor && waitedMs < brokersJoinWithinMs;) {
    if (waitedMs === 0) say(`waiting for ${replicationFactor} brokers, ${brokers} so far`);
    await delay(pollMs);
    waitedMs += pollMs;
    brokers = await admin.brokerCount();
  }
  if (brokers < replicationFactor) {
    throw new StartError(
      'too_few_brokers',
      `Kafka has ${brokers} broker${brokers === 1 ? '' : 's'}, fewer than the replication factor ${replicationFactor}: ` +
        `start more, or pass --replication-factor ${brokers} --min-insync-replicas ${Math.max(1, brokers - 1)} (not for production)`,
      exitCode.unavailable,
    );
  }
  if (replicationFactor === 1) {
    say('replication factor 1: a broker that is lost takes its data along; not for production');
  } else if (minInsyncReplicas === 1) {
    say('min.insync.replicas 1: what one broker acknowledged is lost with it; not for production');
  }
}

/**
 * Creates what is missing, and holds what is there to the plan. Returns the names of those created.
 */
export async function createMissingTopics(
  admin: LogAdmin,
  choice: ClusterChoice,
  say: (line: string) => void,
): Promise<string[]> {
  const problems: string[] = [];
  const missing: string[] = [];
  for (const topic of allTopics) {
    const description = await admin.describeTopic(topic);
    if (description === undefined) missing.push(topic);
    else problems.push(...topicProblems(topic, description, choice));
    const surplus = surplusPartitions(topic, description, choice);
    if (surplus !== undefined) say(surplus);
  }
  if (problems.length > 0) {
    throw new StartError('wrong_topic', problems.join('; '), exitCode.unavailable);
  }
  const created: string[] = [];
  for (const plan of newTopics(choice).filter(({ topic }) => missing.includes(topic))) {
    if (await admin.createTopic(plan)) {
      created.push(plan.topic);
      say(`made topic ${plan.topic} (${plan.partitions} partitions)`);
    }
    await untilVisible(admin, plan.topic);
  }
  return created;
}

/** A new topic is known to the brokers one after the other. */
async function untilVisible(admin: LogAdmin, topic: string): Promise<void> {
  for (let waitedMs = 0; waitedMs < topicVisibleWithinMs; waitedMs += pollMs) {
    if ((await admin.describeTopic(topic)) !== undefined) return;
    await delay(pollMs);
  }
  throw new StartError(
    'kafka_unavailable',
    `topic ${topic} was made, but Kafka doesn't show it within ${topicVisibleWithinMs} ms`,
    exitCode.unavailable,
  );
}

async function writeClusterSettings(
  options: SetUpOptions,
): Promise<{ cluster: ClusterSettings; isNew: boolean }> {
  return await withRegistry(options, async (registry) => {
    const present = registry.cluster();
    if (present !== undefined) {
      refuseOtherSettings(present, options.choice);
      return { cluster: present, isNew: false };
    }
    const producer = await options.kafka.producer();
    const writer = new RegistryWriter(registry, producer);
    try {
      const outcome = await writer.setCluster(options.choice, 0, options.actor);
      if (outcome.ok) return { cluster: outcome.cluster, isNew: true };
      // Somebody else's setup was first: fine when it wanted the same.
      const theirs = registry.cluster();
      if (theirs === undefined) throw new Error(`setup was refused: ${outcome.detail}`);
      refuseOtherSettings(theirs, options.choice);
      return { cluster: theirs, isNew: false };
    } finally {
      writer.close();
      await producer.close();
    }
  });
}
