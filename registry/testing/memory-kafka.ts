import {
  appendingBy,
  type Appended,
  type KafkaConnection,
  type LogAdmin,
  type LogRecord,
  type LogTail,
  type NewRecord,
  type PartitionsProducer,
  type TopicDescription,
} from '../../kafka/index.js';
import { newTopics } from '../index.js';
import { AppError } from '../../service/errors.js';

interface MemoryTopic {
  readonly records: LogRecord[];
  readonly followers: Set<(record: LogRecord) => void>;
}

/**
 * A Kafka of one-partition logs in memory, with a clock of its own; records come to tails in a
 * later turn.
 */
export class MemoryKafka implements KafkaConnection {
  readonly descriptions = new Map<string, TopicDescription>();
  readonly #topics = new Map<string, MemoryTopic>();
  /** LogAppendTime of the next record. */
  nowMs = 1_800_000_000_000;
  /** Set to make appends fail with it. */
  appendError: AppError | undefined;
  /** True: tails get nothing. */
  isSilent = false;

  log(topic: string): MemoryTopic {
    let log = this.#topics.get(topic);
    if (log === undefined) this.#topics.set(topic, (log = { records: [], followers: new Set() }));
    return log;
  }

  /** Describes the topics as `vba-admin setup` would have made them. */
  makeTopics(sizes: Parameters<typeof newTopics>[0]): void {
    for (const topic of newTopics(sizes)) this.descriptions.set(topic.topic, topic);
  }

  append(topic: string, { key, value }: NewRecord): Appended {
    const { records, followers } = this.log(topic);
    const record: LogRecord = {
      partition: 0,
      offset: records.length,
      logAppendTimeMs: this.nowMs,
      key: key === undefined ? null : Buffer.from(key),
      value,
    };
    records.push(record);
    if (!this.isSilent) for (const follow of followers) setImmediate(follow, record);
    return { partition: 0, baseOffset: record.offset, logAppendTimeMs: record.logAppendTimeMs };
  }

  async waitUntilReachable(): Promise<void> {
    await Promise.resolve();
  }

  problem(): undefined {
    return undefined;
  }

  producer(): Promise<PartitionsProducer> {
    return Promise.resolve(
      appendingBy((topic, _partition, records) => {
        if (this.appendError !== undefined) return Promise.reject(this.appendError);
        const [first] = records.map((record) => this.append(topic, record));
        return first === undefined
          ? Promise.reject(new AppError('kafka_rejected', 'nothing to append'))
          : Promise.resolve(first);
      }),
    );
  }

  groupConsumer(): never {
    throw new Error('not in memory');
  }

  follow(): never {
    throw new Error('not in memory');
  }

  tail(topic: string, onRecord: (record: LogRecord) => void): LogTail {
    const log = this.log(topic);
    return {
      start: () => {
        log.records.forEach(onRecord);
        log.followers.add(onRecord);
        return Promise.resolve();
      },
      stop: () => {
        log.followers.delete(onRecord);
        return Promise.resolve();
      },
      lastAnswerAtMs: () => Date.now(),
    };
  }

  admin(): Promise<LogAdmin> {
    return Promise.resolve({
      describeTopic: (topic) => Promise.resolve(this.descriptions.get(topic)),
      createTopic: (topic) => {
        const isNew = !this.descriptions.has(topic.topic);
        if (isNew) this.descriptions.set(topic.topic, topic);
        return Promise.resolve(isNew);
      },
      offsets: () => Promise.resolve([]),
      offsetsAt: () => Promise.resolve([]),
      commits: () => Promise.resolve([]),
      leaders: () => Promise.resolve([]),
      replicasMissing: () => Promise.resolve(0),
      brokerCount: () => Promise.resolve(1),
      close: () => Promise.resolve(),
    });
  }
}
