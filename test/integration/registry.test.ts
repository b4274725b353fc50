import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { setUp } from '../../admin/setup.js';
import { connectKafka, type LogProducer } from '../../kafka/index.js';
import {
  checkCluster,
  clusterChoiceOf,
  Membership,
  openCluster,
  readMembers,
  Registry,
  RegistryWriter,
  topicProblems,
  type ClusterSettings,
} from '../../registry/index.js';
import { topics } from '../../schemas/index.js';
import { runCommand } from '../../lab/stack/index.js';
import { packageRoot } from '../../service/package-root.js';
import { keptLog, streamNamed, until } from '../../registry/testing/examples.js';
import { sharedStack } from './testing/stack.js';

const log = keptLog();

/** The shared stack's log, with keys and names of this run's own. */
describe('the registry on a real Kafka', () => {
  const suffix = randomUUID().slice(0, 8);
  const kafka = connectKafka({
    brokers: sharedStack().kafka.brokers,
    clientId: 'registry-test',
    logger: log,
  });
  const nodes: { registry: Registry; writer: RegistryWriter; producer: LogProducer }[] = [];
  let cluster: ClusterSettings;

  beforeAll(async () => {
    const opened = await openCluster({
      kafka,
      logger: log,
      stopping: new AbortController().signal,
    });
    cluster = opened.cluster;
    const second = new Registry(kafka, log);
    await second.start();
    for (const registry of [opened.registry, second]) {
      const producer = await kafka.producer();
      nodes.push({ registry, producer, writer: new RegistryWriter(registry, producer) });
    }
  }, 60_000);

  afterAll(async () => {
    for (const { registry, writer, producer } of nodes) {
      writer.close();
      await producer.close();
      await registry.stop();
    }
  }, 30_000);

  it('creates a stream once, changes it, and refuses a change that lost its race', async () => {
    const [one, two] = nodes;
    if (one === undefined || two === undefined) throw new Error('two nodes are needed');
    const key = `registry-${suffix}`;
    const race = (title: string, revision: number): Promise<string[]> =>
      Promise.all(
        [one, two].map(async ({ writer }, index) => {
          const settings = streamNamed(key, { title: `${title} ${index}` });
          const outcome = await writer.putStream(settings, revision, `node-${index}`);
          return outcome.ok ? 'ok' : outcome.reason;
        }),
      );
    expect((await race('created', 0)).toSorted()).toEqual(['exists', 'ok']);
    expect((await race('changed', 1)).toSorted()).toEqual(['conflict', 'ok']);
    await until(() => [one, two].every(({ registry }) => registry.history(key).length === 4));
    expect(one.registry.stream(key)?.revision).toBe(2);
    expect(two.registry.stream(key)).toEqual(one.registry.stream(key));
    expect(two.registry.history(key)).toEqual(one.registry.history(key));
  }, 30_000);

  it('is set up already for who wants the same, and refuses who wants something else', async () => {
    const choice = clusterChoiceOf(cluster);
    const setUpWith = (wanted: typeof choice): ReturnType<typeof setUp> =>
      setUp({ kafka, logger: log, choice: wanted, actor: 'test', say: () => undefined });
    expect(await setUpWith(choice)).toMatchObject({ wasSetUp: true, createdTopics: [], cluster });
    // As after an upgrade, which may need another topic: nobody has to know all settings again.
    const program = join(packageRoot(), 'dist', 'admin', 'vba-admin.js');
    const brokers = ['--kafka-brokers', sharedStack().kafka.brokers.join(',')];
    const again = (...args: readonly string[]) =>
      runCommand(process.execPath, [program, 'setup', ...args, ...brokers]);
    const { code, output } = await again('--interval-seconds', String(choice.intervalSeconds));
    expect([code, output]).toEqual([0, expect.stringContaining('already set up: {"partitions"')]);
    expect(await again('--partitions', '99')).toMatchObject({ code: 78 });
    await expect(setUpWith({ ...choice, partitions: choice.partitions + 1 })).rejects.toMatchObject(
      {
        exitCode: 78,
        message: `already set up with other settings: partitions is ${choice.partitions}, not ${choice.partitions + 1}`,
      },
    );
  }, 60_000);

  it('lets an operator create, archive, restore and delete a stream, each as long as it can be', async () => {
    const key = `admin-${suffix}`;
    const program = join(packageRoot(), 'dist', 'admin', 'vba-admin.js');
    const brokers = ['--kafka-brokers', sharedStack().kafka.brokers.join(',')];
    const stream = async (...args: readonly string[]): Promise<[number, string]> => {
      const command = [program, 'stream', ...args, ...brokers];
      const { code, output } = await runCommand(process.execPath, command);
      return [code, output.trim()];
    };
    const named = ['--group', 'sport', '--tag', 'live', '--tag', 'hd'];
    expect(await stream('create', key, ...named)).toEqual([0, `created stream ${key}`]);
    const [, list] = await stream('list', '--json');
    expect(JSON.parse(list)).toContainEqual(
      expect.objectContaining({ key, options: { groups: ['sport'], tags: ['live', 'hd'] } }),
    );
    const early = await stream('delete', key);
    expect(early).toEqual([1, expect.stringContaining('only an archived stream')]);
    expect(await stream('archive', key)).toEqual([0, `archived stream ${key}`]);
    expect(await stream('restore', key)).toEqual([0, `restored stream ${key}`]);
    const late = await stream('archive', key, '--revision', '2');
    expect(late).toEqual([1, expect.stringContaining('is at revision 3, not 2')]);
    expect(await stream('archive', key, '--revision', '3')).toEqual([0, `archived stream ${key}`]);
    expect(await stream('delete', key)).toEqual([0, `deleted stream ${key}`]);
    expect(await stream('delete', key)).toEqual([1, expect.stringContaining('does not exist')]);
    expect(await stream('create', key)).toEqual([0, `created stream ${key}`]);
  }, 300_000);

  it('finds the topics right as they are, and names what is wrong with one made otherwise', async () => {
    const admin = await kafka.admin();
    try {
      await checkCluster(admin, cluster);
      const topic = `wrong-${suffix}`;
      const settings = { 'message.timestamp.type': 'CreateTime', 'cleanup.policy': 'compact' };
      await admin.createTopic({ topic, partitions: 3, replicationFactor: 1, settings });
      const problems = topicProblems(topics.announces, await admin.describeTopic(topic), cluster);
      expect(problems).toEqual(
        expect.arrayContaining([
          `topic announces: partition count is 3, must be ${cluster.partitions}`,
          'topic announces: message.timestamp.type is CreateTime, must be LogAppendTime',
          'topic announces: cleanup.policy is compact, must be delete',
        ]),
      );
    } finally {
      await admin.close();
    }
  }, 60_000);

  it('shows a node among the members while it runs', async () => {
    const name = `member-${suffix}`;
    const membership = new Membership({
      kafka,
      logger: log,
      name,
      role: 'portal',
      address: '127.0.0.1:1',
      version: 'test',
      settingsFingerprint: 'none',
      fail: (error: unknown) => void log.lines.push(String(error)),
    });
    await membership.start();
    const isLive = async (): Promise<boolean> =>
      (await readMembers(kafka)).live.some(({ member }) => member.name === name);
    try {
      await until(() => membership.members().some(({ member }) => member.name === name));
      expect(await isLive()).toBe(true);
    } finally {
      await membership.stop();
    }
    expect(await isLive()).toBe(false);
  }, 60_000);
});
