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
 * What is kept of a record: what a topic takes by default. One that was compressed may be longer,
 * and a letter that Kafka refuses for its length would hold up all behind it for ever.
 */
const valueBytesMax = 1_048_588;
const keyBytesMax = 64 * 1024;

/** With how long it was, where only its beginning is kept. */
function beginningOf(bytes: Buffer | null, bytesMax: number): [Buffer | null, detail: string] {
  if (bytes === null || bytes.length <= bytesMax) return [bytes, ''];
  return [bytes.subarray(0, bytesMax), ` (the first ${bytesMax} of ${bytes.length} bytes)`];
}

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
  const [keptKey, cutKey] = beginningOf(key, keyBytesMax);
  const [keptValue, cutValue] = beginningOf(value, valueBytesMax);
  const letter = codec().encode('DeadLetter', {
    topic,
    partition,
    offset,
    logAppendTime: logAppendTimeMs,
    reason,
    detail: detail.slice(0, detailLengthMax) + cutKey + cutValue,
    node,
    key: keptKey,
    value: keptValue,
  });
  const records = [{ key: `${topic}/${partition}/${offset}`, value: letter }];
  await appendUntilTaken(producer, topics.deadLetters, 0, records, retrying);
}
