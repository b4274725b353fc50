import kafkajs, { type Admin, type Producer } from 'kafkajs';

export interface StampedRecord {
  readonly value: Buffer;
  /** What the record's timestamp is to be, Unix ms. */
  readonly atMs: number;
}

const attempts = 60;
const attemptEveryMs = 1_000;

/**
 * What a benchmark does to a log and the system never does: fills a topic with records of the past and has a
 * group forget its commits.
 */
export class TopicWorkbench {
  readonly #admin: Admin;
  readonly #producer: Producer;

  private constructor(brokers: readonly string[]) {
    const kafka = new kafkajs.Kafka({
      clientId: 'workbench',
      brokers: [...brokers],
      logLevel: kafkajs.logLevel.NOTHING,
    });
    this.#admin = kafka.admin();
    this.#producer = kafka.producer({
      createPartitioner: kafkajs.Partitioners.DefaultPartitioner,
    });
  }

  static async open(brokers: readonly string[]): Promise<TopicWorkbench> {
    const workbench = new TopicWorkbench(brokers);
    await workbench.#admin.connect();
    await workbench.#producer.connect();
    return workbench;
  }

  /** Whose clock stamps the topic's records from now on; its other settings stay. */
  async setTimestamps(topic: string, type: 'CreateTime' | 'LogAppendTime'): Promise<void> {
    const resource = { type: kafkajs.ConfigResourceTypes.TOPIC, name: topic };
    const { resources } = await this.#admin.describeConfigs({
      resources: [resource],
      includeSynonyms: false,
    });
    const kept = resources
      .flatMap(({ configEntries }) => configEntries)
      .filter((entry) => !entry.isDefault && entry.configName !== 'message.timestamp.type')
      .map(({ configName, configValue }) => ({ name: configName, value: configValue }));
    const configEntries = [...kept, { name: 'message.timestamp.type', value: type }];
    await this.#admin.alterConfigs({
      validateOnly: false,
      resources: [{ ...resource, configEntries }],
    });
  }

  async append(topic: string, partition: number, records: readonly StampedRecord[]): Promise<void> {
    const messages = records.map(({ value, atMs }) => ({
      value,
      partition,
      timestamp: String(atMs),
    }));
    await this.#producer.send({ topic, messages });
  }

  /** Waits until the group has no living members, up to a minute. */
  async forgetCommits(groupId: string): Promise<void> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        await this.#admin.deleteGroups([groupId]);
        return;
      } catch (error) {
        if (attempt === attempts) throw error;
        await new Promise((resolve) => setTimeout(resolve, attemptEveryMs));
      }
    }
  }

  async close(): Promise<void> {
    await this.#producer.disconnect();
    await this.#admin.disconnect();
  }
}
