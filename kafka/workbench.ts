import kafkajs, { type Admin, type Producer } from 'kafkajs';

export interface StampedRecord {
  readonly value: Buffer;
  /** What the record's timestamp is to be, Unix ms. */
  readonly atMs: number;
}

/** A broker refuses stamps more than an hour ahead of its clock by default. */
const aheadAllowed = { name: 'message.timestamp.after.max.ms', value: String(2n ** 63n - 1n) };

/**
 * What a benchmark does to a log and the system never does: fills a topic with records of another
 * time.
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
    const ours = new Set(['message.timestamp.type', aheadAllowed.name]);
    const kept = resources
      .flatMap(({ configEntries }) => configEntries)
      .filter(({ configName, isDefault }) => !isDefault && !ours.has(configName))
      .map(({ configName, configValue }) => ({ name: configName, value: configValue }));
    const ownStamps = type === 'CreateTime' ? [aheadAllowed] : [];
    const configEntries = [...kept, ...ownStamps, { name: 'message.timestamp.type', value: type }];
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

  async close(): Promise<void> {
    await this.#producer.disconnect();
    await this.#admin.disconnect();
  }
}
