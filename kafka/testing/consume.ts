import { KafkaGroupConsumer } from '../group-consumer.js';
import type { OwnedPartition, StartPosition } from '../types.js';
import { createConsumer, silent, topic, type FakeKafka } from './fake-kafka.js';

/** What a reader was opened with and has read. */
export interface Opened {
  readonly partition: OwnedPartition;
  readonly start: StartPosition;
  readonly offsets: number[];
  isClosed: boolean;
}

const running: KafkaGroupConsumer[] = [];

/** A group consumer of the fake, whose readers keep what they read. */
export function consume(
  kafka: FakeKafka,
  onRead: (opened: Opened) => Promise<void> = () => Promise.resolve(),
  { now = Date.now, retries = 1, partitions = Infinity } = {},
) {
  const opened: Opened[] = [];
  const waiting = new Map<number, string>();
  const consumer = new KafkaGroupConsumer(
    {
      groupId: 'g',
      topic,
      partitions,
      onWaiting: (partition, reason) => {
        if (reason === undefined) waiting.delete(partition);
        else waiting.set(partition, reason);
      },
      isOurMetadata: (metadata) => metadata.startsWith('ours'),
      open: (partition, start) => {
        const reading: Opened = { partition, start, offsets: [], isClosed: false };
        opened.push(reading);
        return {
          read: async (records) => {
            reading.offsets.push(...records.map(({ offset }) => offset));
            await onRead(reading);
          },
          close: () => {
            reading.isClosed = true;
          },
        };
      },
    },
    {
      admin: kafka.admin(),
      logger: silent,
      now,
      makeConsumer: (assigners) =>
        createConsumer({
          cluster: kafka.cluster(),
          groupId: 'g',
          logger: silent,
          partitionAssigners: assigners,
          maxWaitTimeInMs: 1,
          heartbeatInterval: 5,
          sessionTimeout: 1_000,
          retry: {
            retries,
            initialRetryTime: 1,
            maxRetryTime: 2,
            restartOnFailure: () => Promise.resolve(false),
          },
        }),
    },
  );
  running.push(consumer);
  const of = (partition: number): Opened[] =>
    opened.filter((reading) => reading.partition.partition === partition);
  return { consumer, opened, of, waiting };
}

/** Stops all that `consume` made. */
export async function stopConsumers(): Promise<void> {
  await Promise.all(running.splice(0).map((consumer) => consumer.stop()));
}

export async function until(isTrue: () => boolean): Promise<void> {
  const endMs = Date.now() + 10_000;
  while (!isTrue()) {
    if (Date.now() > endMs) throw new Error(`not within 10 s: ${isTrue.toString()}`);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}
