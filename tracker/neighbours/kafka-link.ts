import { setTimeout as delay } from 'node:timers/promises';
import {
  partitionOfInstance,
  type KafkaConnection,
  type LogFollower,
  type LogProducer,
  type LogRecord,
} from '../../kafka/index.js';
import { topicProblems, type ClusterSettings } from '../../registry/index.js';
import { codec, topics, type AnyRecord, type NeighbourMessage } from '../../schemas/index.js';
import { messageOf } from '../../service/errors.js';
import { RateLimitedLog, type Logger } from '../../service/logs.js';
import { bounds } from './limits.js';
import type { MessageExchange } from './message-exchange.js';
import type { NeighbourMetrics } from './neighbour-metrics.js';
import { Outbox } from './outbox.js';
import type { SwarmExchange } from './swarm-exchange.js';

export interface KafkaLinkOptions {
  readonly kafka: KafkaConnection;
  readonly cluster: ClusterSettings;
  readonly swarms: SwarmExchange;
  readonly messages: MessageExchange;
  readonly metrics: NeighbourMetrics;
  readonly logger: Logger;
  readonly now: () => number;
  /** How far our clock is ahead of the brokers'. */
  readonly clockDifferenceMs: () => number;
}

interface Inbox {
  readonly outbox: Outbox;
  isSending: boolean;
}

const repeatedLogEveryMs = 60_000;

/**
 * Carries through Kafka what trackers tell each other, by a producer and readers of its own: what
 * becomes of it never touches the announces' way. Without Kafka, or in a cluster that has not the
 * topics, the tracker goes on alone.
 */
export class KafkaLink {
  readonly #stopping = new AbortController();
  readonly #inboxes = new Map<number, Inbox>();
  readonly #log: RateLimitedLog;
  readonly #key: Buffer;
  #followers: readonly LogFollower[] = [];
  #producer: LogProducer | undefined;
  #beating: NodeJS.Timeout | undefined;
  #telling: Promise<void> | undefined;
  #living: Promise<void> | undefined;
  #partitions = 1;

  constructor(private readonly options: KafkaLinkOptions) {
    this.#log = new RateLimitedLog(options.now, repeatedLogEveryMs);
    this.#key = Buffer.from(options.messages.instance);
  }

  /** Begins in the background: nothing has to wait for it. */
  start(): void {
    this.#living ??= this.#open().catch((error: unknown) => {
      const { logger } = this.options;
      if (!this.#isStopping()) {
        logger.error({ error: messageOf(error) }, 'this tracker stays alone');
      }
    });
  }

  /** Tells the others that nobody is to be told of this tracker's peers any more. */
  leave(): void {
    this.options.swarms.leave();
    void Promise.resolve(this.#telling).then(() => this.#beat());
  }

  stay(): void {
    this.options.swarms.stay();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    clearInterval(this.#beating);
    await Promise.all(this.#followers.map((follower) => follower.stop()));
    await this.#living;
    await this.#producer?.close();
  }

  #isStopping(): boolean {
    return this.#stopping.signal.aborted;
  }

  async #open(): Promise<void> {
    const { kafka, messages, logger } = this.options;
    await this.#untilThereAreTopics();
    if (this.#isStopping()) return;
    this.#producer = await kafka.producer({ acks: 'leader' });
    const inbox = partitionOfInstance(messages.instance, this.#partitions);
    this.#followers = [
      kafka.follow(topics.swarms, 0, (record) => this.#readSwarms(record)),
      kafka.follow(topics.signals, inbox, (record) => this.#readMessage(record)),
    ];
    // Nobody is told of viewers whom nothing would reach yet.
    await Promise.all(this.#followers.map((follower) => follower.start()));
    if (this.#isStopping()) return;
    messages.carryBy((message) => this.#post(message));
    this.#beating = setInterval(() => this.#beat(), bounds.beatMs);
    logger.info({ instance: messages.instance, inbox }, 'one swarm with the other trackers');
  }

  async #untilThereAreTopics(): Promise<void> {
    const { signal } = this.#stopping;
    for (;;) {
      const problem = await this.#topicsProblem().catch((error: unknown) => messageOf(error));
      if (problem === undefined) return;
      this.#log.log('topics', () =>
        this.options.logger.warn(
          { problem },
          'viewers of other trackers are not met: run "vba-admin setup" again, as it was run before',
        ),
      );
      await delay(bounds.topicsAskedEveryMs, undefined, { signal });
    }
  }

  async #topicsProblem(): Promise<string | undefined> {
    const { kafka, cluster } = this.options;
    const admin = await kafka.admin();
    try {
      const swarms = await admin.describeTopic(topics.swarms);
      const signals = await admin.describeTopic(topics.signals);
      this.#partitions = signals?.partitions ?? 1;
      const problems = [
        ...topicProblems(topics.swarms, swarms, cluster),
        ...topicProblems(topics.signals, signals, cluster),
      ];
      return problems.length === 0 ? undefined : problems.join('; ');
    } finally {
      await admin.close();
    }
  }

  #beat(): void {
    if (this.#beating === undefined) return;
    const { swarms, now } = this.options;
    swarms.forgetOld(now());
    if (this.#telling !== undefined) return;
    this.#telling = this.#tell().finally(() => (this.#telling = undefined));
  }

  async #tell(): Promise<void> {
    const { swarms, metrics, logger, now } = this.options;
    const told = swarms.beat(now());
    if (told === undefined) return;
    try {
      const value = codec().encode('SwarmSamples', told);
      await this.#producer?.append(topics.swarms, 0, [{ value }]);
      swarms.arrived();
      metrics.samples('told', told.samples.length);
    } catch (error) {
      swarms.lost(told);
      metrics.dropped('kafka', told.samples.length);
      this.#log.log('swarms', () =>
        logger.warn({ error: messageOf(error) }, 'the other trackers were not told of our swarms'),
      );
    }
  }

  #readSwarms(record: LogRecord): void {
    const { swarms, metrics, now } = this.options;
    const read = this.#read(record, 'SwarmSamples');
    if (read?.type !== 'SwarmSamples') return;
    metrics.samples('heard', read.value.samples.length);
    swarms.hear(read.value, now());
  }

  #readMessage(record: LogRecord): void {
    if (record.key?.equals(this.#key) !== true) return;
    const read = this.#read(record, 'NeighbourMessage');
    if (read?.type === 'NeighbourMessage')
      this.options.messages.take(read.value, this.options.now());
  }

  /** What can't be read, or says nothing of the present, is counted and passed over. */
  #read({ value, logAppendTimeMs }: LogRecord, type: AnyRecord['type']): AnyRecord | undefined {
    const { metrics, now, clockDifferenceMs } = this.options;
    const ageMs = now() - clockDifferenceMs() - logAppendTimeMs;
    if (ageMs > bounds.recordAgeMsMax) {
      metrics.dropped('old');
      return undefined;
    }
    const decoded = codec().decode(value);
    if (decoded.ok && decoded.record.type === type) return decoded.record;
    metrics.dropped('broken');
    return undefined;
  }

  #post(message: NeighbourMessage): void {
    const { toInstance } = message;
    const partition = partitionOfInstance(toInstance, this.#partitions);
    const inbox = this.#inboxes.get(partition) ?? this.#newInbox(partition);
    const value = codec().encode('NeighbourMessage', message);
    inbox.outbox.add({ key: toInstance, value }, this.options.now());
    if (inbox.isSending) return;
    inbox.isSending = true;
    // Whatever else this turn of the event loop has for it goes along.
    setImmediate(() => void this.#send(partition, inbox));
  }

  #newInbox(partition: number): Inbox {
    const { metrics } = this.options;
    const outbox = new Outbox({
      bytesMax: bounds.waitingBytesMax,
      batchBytesMax: bounds.requestBytesMax,
      waitMsMax: bounds.recordAgeMsMax,
      onDropped: (count) => metrics.dropped('waiting', count),
    });
    const inbox = { outbox, isSending: false };
    this.#inboxes.set(partition, inbox);
    return inbox;
  }

  /** One request after the other: candidates never come before their offer. */
  async #send(partition: number, inbox: Inbox): Promise<void> {
    const { outbox } = inbox;
    const { metrics, logger, now } = this.options;
    for (let batch = outbox.take(now()); batch.length > 0; batch = outbox.take(now())) {
      try {
        await this.#producer?.append(topics.signals, partition, batch);
      } catch (error) {
        metrics.dropped('kafka', batch.length);
        this.#log.log('signals', () =>
          logger.warn({ error: messageOf(error) }, 'signals for other trackers were lost'),
        );
      }
    }
    inbox.isSending = false;
  }
}
