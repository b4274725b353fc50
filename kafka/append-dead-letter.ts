import { codec, topics } from '../schemas/index.js';
import { appendUntilTaken, type Retrying } from './append-until-taken.js';
import type { LogProducer, LogRecord } from './types.js';

export interface DeadLetterParts extends Retrying {
  readonly producer: LogProducer;
  /** Who refuses the record. */
  readonly node: string;
}

const detailLengthMax = 1_000;

/**
 * Appends a dead letter of a record of `topic` until Kafka took it, or it is no longer wanted: who
 * goes on only then loses none.
 */
export async function appendDeadLetter(
  topic: string,
  { partition, offset, logAppendTimeMs, key, value }: LogRecord,
  { reason, detail }: { readonly reason: string; readonly detail: string },
  { producer, node, ...retrying }: DeadLetterParts,
): Promise<void> {
  const letter = codec().encode('DeadLetter', {
    topic,
    partition,
    offset,
    logAppendTime: logAppendTimeMs,
    reason,
    detail: detail.slice(0, detailLengthMax),
    node,
    key,
    value,
  });
  const records = [{ key: `${topic}/${partition}/${offset}`, value: letter }];
  await appendUntilTaken(producer, topics.deadLetters, 0, records, retrying);
}
