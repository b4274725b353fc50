import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import kafkajs, { type Admin } from 'kafkajs';
import { topics } from '../../schemas/index.js';
import { exitCode } from '../../service/errors.js';
import { registerStreams, setUpCluster } from '../../lab/stack/cluster.js';
import { Supervisor } from '../../lab/stack/process/supervisor.js';
import { startKafka, type KafkaServers } from '../../lab/stack/servers/kafka.js';
import { TestViewer, until } from '../../tracker/testing/test-viewer.js';
import { goodSettings, services, startService } from './testing/service-starts.js';
import { sharedStack } from './testing/stack.js';

/** A Kafka of its own, whose topics somebody changes behind the system's back. */
describe('every service on a Kafka whose topics are wrong', () => {
  const supervisor = new Supervisor();
  let kafka: KafkaServers;
  let admin: Admin;

  beforeAll(async () => {
    kafka = await startKafka(supervisor, 1);
    const brokers = [...kafka.brokers];
    admin = new kafkajs.Kafka({ brokers, logLevel: kafkajs.logLevel.NOTHING }).admin();
    await admin.connect();
  }, 120_000);

  afterAll(async () => {
    await admin.disconnect();
    await supervisor.close();
  }, 60_000);

  /** Starts all services and expects each to end with one line that has these words. */
  async function expectRefusals(words: readonly string[]): Promise<void> {
    const { clickhouse, graphite } = sharedStack();
    const { plaintext, render } = graphite;
    const needed = {
      brokers: kafka.brokers,
      clickhouse: clickhouse.url,
      graphite: plaintext,
      render,
    };
    const ends = services.map(async (service) => {
      const { code, errors } = await startService(service, goodSettings(service, needed)).ended;
      return { service, code, errors };
    });
    for (const { service, code, errors } of await Promise.all(ends)) {
      expect([service, errors.split('\n').length]).toEqual([service, 1]);
      for (const word of words)
        expect([service, errors]).toEqual([service, expect.stringContaining(word)]);
      expect([service, code]).toEqual([service, exitCode.unavailable]);
    }
  }

  it('is told which command sets the cluster up', async () => {
    await expectRefusals(['vba-admin setup']);
  }, 120_000);

  it('has a tracker go on alone in a cluster that was set up before there were topics between trackers', async () => {
    await setUpCluster(kafka.brokers, {});
    await registerStreams(['alone'], kafka.brokers, undefined);
    await admin.deleteTopics({ topics: [topics.swarms, topics.signals] });
    const needed = { brokers: kafka.brokers, clickhouse: '', graphite: '', render: '' };
    const { child, log, ended } = startService('tracker', goodSettings('tracker', needed));
    const listening = /"address":"0.0.0.0:(\d+)"[^\n]*"msg":"listening to viewers"/;
    await until(() => listening.test(log()), 'it listens');
    await until(() => /topic swarms does not exist/.test(log()), 'it says so');
    const url = `ws://127.0.0.1:${listening.exec(log())?.[1] ?? ''}/`;
    const [one, other] = [await TestViewer.join(url, 'alone'), await TestViewer.join(url, 'alone')];
    for (const viewer of [one, other]) {
      viewer.announce([{ number: 0, time: Date.now() }]);
      await viewer.next('acknowledged');
    }
    expect((await other.next('peers')).peers).toMatchObject([{ peer: one.peer }]);
    await setUpCluster(kafka.brokers, {});
    await until(() => log().includes('one swarm with the other trackers'), 'it meets others');
    for (const viewer of [one, other]) viewer.end();
    child.kill('SIGTERM');
    expect((await ended).code).toBe(exitCode.ok);
  }, 120_000);

  it('has a rollup start aloud on more partitions than were set up, and leave these alone, while the sinks are away', async () => {
    await admin.createPartitions({ topicPartitions: [{ topic: topics.announces, count: 9 }] });
    const nobody = '127.0.0.1:9';
    const { brokers } = kafka;
    const needed = { brokers, clickhouse: `http://${nobody}`, graphite: nobody, render: '' };
    const { child, log, ended } = startService('rollup', goodSettings('rollup', needed));
    await until(() => log().includes('waiting for ClickHouse'), 'it has all but ClickHouse');
    expect(log()).toContain('topic announces has 9 partitions, of which the first 8 are used');
    const assigned = log().matchAll(/"partitions":\[([\d,]+)\],"msg":"partitions assigned"/g);
    const shared = new Set([...assigned].map(([, partitions]) => partitions));
    expect(shared).toEqual(new Set(['0,1,2,3,4,5,6,7', '0,1,2,3']));
    child.kill('SIGTERM');
    expect((await ended).code).toBe(exitCode.ok);
  }, 120_000);

  it('is told which topic has not LogAppendTime', async () => {
    const timestampType = async (value: string): Promise<void> => {
      const configEntries = [{ name: 'message.timestamp.type', value }];
      const resource = {
        type: kafkajs.ConfigResourceTypes.TOPIC,
        name: topics.announces,
        configEntries,
      };
      await admin.alterConfigs({ validateOnly: false, resources: [resource] });
    };
    await timestampType('CreateTime');
    await expectRefusals([topics.announces, 'message.timestamp.type', 'CreateTime']);
  }, 120_000);

  it('is told which topic has fewer partitions than were set up', async () => {
    await admin.deleteTopics({ topics: [topics.partials] });
    await admin.createTopics({ topics: [{ topic: topics.partials, numPartitions: 3 }] });
    await expectRefusals([topics.partials, '3']);
  }, 120_000);
});
