import { describe, expect, it } from '@jest/globals';
import { codec } from '../schemas/index.js';
import { appendDeadLetter, type LogProducer, type LogRecord } from './index.js';

/** As registry/topic-settings.ts has it of the dead letters' topic. */
const topicBytesMax = 2 * 1_048_588;

async function letterOf(record: Pick<LogRecord, 'key' | 'value'>) {
  const appended: Buffer[] = [];
  const producer: LogProducer = {
    append: (_topic, partition, records) => {
      appended.push(...records.flatMap(({ value }) => value ?? []));
      return Promise.resolve({ partition, baseOffset: 0, logAppendTimeMs: 0 });
    },
    close: () => Promise.resolve(),
  };
  const stood = { partition: 3, offset: 7, logAppendTimeMs: 5, ...record };
  const refusal = { reason: 'broken', detail: 'no record of ours' };
  const retrying = { isWanted: () => true, onFailure: () => undefined };
  const sleep = (): Promise<void> => Promise.resolve();
  const parts = { producer, node: 'rollup-1', sleep, ...retrying };
  await appendDeadLetter('announces', stood, refusal, parts);
  const [bytes = Buffer.alloc(0)] = appended;
  const decoded = codec().decode(bytes);
  if (!decoded.ok || decoded.record.type !== 'DeadLetter') throw new Error('no dead letter');
  return { letter: decoded.record.value, length: bytes.length };
}

describe('a dead letter', () => {
  it('has the record’s bytes as they stood', async () => {
    const { letter } = await letterOf({ key: null, value: Buffer.from('bytes') });
    expect(letter).toMatchObject({ topic: 'announces', partition: 3, offset: 7, key: null });
    expect(letter.value?.toString()).toBe('bytes');
    expect(letter.detail).toBe('no record of ours');
  });

  it('is taken by its topic however long the record is, and says how long', async () => {
    const value = Buffer.alloc(40e6, 1);
    const { letter, length } = await letterOf({ key: Buffer.alloc(5e6, 1), value });
    expect(letter.value?.equals(value.subarray(0, 1_048_588))).toBe(true);
    expect(letter.detail).toContain('(the first 1048588 of 40000000 bytes)');
    expect(letter.detail).toContain('(the first 65536 of 5000000 bytes)');
    expect(length).toBeLessThan(topicBytesMax - 1_000);
  });
});
