import type { LogProducer, LogRecord } from '../kafka/index.js';
import { codec, topics } from '../schemas/index.js';
import { appendUntilTaken, type Retrying } from './append-until-taken.js';

/** Why a record could not be used: a decode failure, or a type that doesn't belong on its topic. */
export interface Refusal {
  readonly reason: string;
  readonly detail: string;
}

/**
 * Appends the refused bytes with where they came from and why to `dead-letters`, until Kafka took
 * them: the reader goes on only then, so that none is lost.
 */
export async function appendDeadLetter(
  producer: LogProducer,
  topic: string,
  record: LogRecord,
  refusal: Refusal,
  node: string,
  retrying: Retrying,
): Promise<void> {
  const value = codec().encode('DeadLetter', {
    topic,
    partition: record.partition,
    offset: record.offset,
    logAppendTime: record.logAppendTimeMs,
    reason: refusal.reason,
    detail: refusal.detail.slice(0, 1_000),
    node,
    key: record.key,
    value: record.value,
  });
  const key = `${topic}/${record.partition}/${record.offset}`;
  await appendUntilTaken(producer, topics.deadLetters, 0, [{ key, value }], retrying);
}
