import type { KafkaMessage } from 'kafkajs';
import type { LogRecord } from './types.js';

/** A message of kafkajs as the rest of the system knows it. */
export function toLogRecord(
  partition: number,
  { offset, timestamp, key, value }: KafkaMessage,
): LogRecord {
  return { partition, offset: Number(offset), logAppendTimeMs: Number(timestamp), key, value };
}
