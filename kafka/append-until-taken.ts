import type {
  Appended,
  LogProducer,
  NewRecord,
  PartitionAppend,
  PartitionsProducer,
} from './types.js';
import { messageOf } from '../service/errors.js';

const firstDelayMs = 100;
const delayMsMax = 1_000;

export interface Retrying {
  /**
   * True: the result is still of use. Not so once the partition went to another owner or the
   * service stops.
   */
  readonly isWanted: () => boolean;
  /** Told of every attempt that failed. */
  readonly onFailure: (reason: string) => void;
  readonly sleep: (durationMs: number) => Promise<void>;
}

/**
 * Appends until Kafka has acknowledged, with backoff from 0.1 to 1 s; undefined when it was no
 * longer wanted first. The records may then stand in the log more than once, which every reader of
 * ours takes (docs/exactness.md#versions, docs/exactness.md#partials-then-progress).
 */
export async function appendUntilTaken(
  producer: LogProducer,
  topic: string,
  partition: number,
  records: readonly NewRecord[],
  { isWanted, onFailure, sleep }: Retrying,
): Promise<Appended | undefined> {
  let delayMs = firstDelayMs;
  while (isWanted()) {
    try {
      return await producer.append(topic, partition, records);
    } catch (error) {
      onFailure(messageOf(error));
    }
    await sleep(delayMs);
    delayMs = Math.min(delayMs * 2, delayMsMax);
  }
  return undefined;
}

/**
 * The same of several partitions, each of them once there: all by one request at first, and where
 * that fails each by itself, so that none waits for what another can't do. False: no longer wanted.
 */
export async function appendEachUntilTaken(
  producer: PartitionsProducer,
  topic: string,
  appends: readonly PartitionAppend[],
  retrying: Retrying,
): Promise<boolean> {
  if (appends.length > 1 && retrying.isWanted()) {
    try {
      await producer.appendEach(topic, appends);
      return true;
    } catch (error) {
      retrying.onFailure(messageOf(error));
    }
  }
  const taken = await Promise.all(
    appends.map(({ partition, records }) =>
      appendUntilTaken(producer, topic, partition, records, retrying),
    ),
  );
  return !taken.includes(undefined);
}
