import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import avro from 'avsc';
import type { KafkaConnection, LogRecord } from '../../../kafka/index.js';
import { topics } from '../../../schemas/index.js';
import { packageRoot } from '../../../service/package-root.js';

const headerBytes = 10;

/** What the limit consists of: fetching alone, and decoding with avsc what was fetched. */
export type LimitKind = 'fetch alone' | 'fetch + plain avsc decode';

/** CPU seconds of this process, all threads, for reading the topic once. */
export async function limitCpuSeconds(
  kafka: KafkaConnection,
  kind: LimitKind,
  groupId: string,
  records: number,
): Promise<number> {
  const schema = join(packageRoot(), 'schemas', 'avro', 'announce-batch.v2.avsc');
  const type = avro.Type.forSchema(JSON.parse(readFileSync(schema, 'utf8')) as avro.Schema);
  const decode = (record: LogRecord): void => {
    // A mark is shorter than any batch of ours.
    if (kind !== 'fetch alone' && record.value !== null && record.value.length > 60) {
      type.decode(record.value, headerBytes);
    }
  };
  const before = process.cpuUsage();
  let left = records;
  await new Promise<void>((resolve, reject) => {
    const consumer = kafka.groupConsumer({
      groupId,
      topic: topics.announces,
      isOurMetadata: () => false,
      open: () => ({
        read: (batch) => {
          for (const record of batch) decode(record);
          left -= batch.length;
          if (left <= 0) void consumer.stop().then(resolve, reject);
          return Promise.resolve();
        },
        close: () => undefined,
      }),
    });
    consumer.start().catch(reject);
  });
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000_000;
}
