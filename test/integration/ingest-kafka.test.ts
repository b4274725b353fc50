import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { connectKafka } from '../../kafka/index.js';
import { codec, groups, topics, type DeadLetter } from '../../schemas/index.js';
import { silentLogger } from '../../service/testing/silent-logger.js';
import type { ServiceProcess } from '../../lab/stack/index.js';
import {
  eventually,
  expectStored,
  metricOf,
  partitions,
  startIngestStack,
  stopIngestStack,
  writeBatches,
  type IngestStack,
  type RowText,
} from './testing/ingest-support.js';
import { openDatabase } from './testing/views-support.js';

describe('ingest on a real Kafka and ClickHouse', () => {
  const written: RowText[] = [];
  let stack: IngestStack;
  let ingest: ServiceProcess;

  beforeAll(async () => {
    stack = await startIngestStack();
    ingest = await stack.services.startIngest();
  }, 180_000);

  afterAll(() => stopIngestStack(stack), 60_000);

  /** The offsets up to which ingest has committed, and the log's ends. */
  async function positions(): Promise<{ committed: number[]; ends: number[] }> {
    const { brokers } = stack.kafka;
    const kafka = connectKafka({ brokers, clientId: 'ingest-test', logger: silentLogger });
    const admin = await kafka.admin();
    try {
      const commits = await admin.commits(groups.ingest, topics.announces);
      const ends = await admin.offsets(topics.announces);
      const ofEach = <Value>(
        values: readonly Value[],
        offset: (value: Value) => number,
      ): number[] => values.map(offset);
      return {
        committed: ofEach(
          commits.toSorted((left, right) => left.partition - right.partition),
          ({ offset }) => Math.max(0, offset),
        ),
        ends: ofEach(
          ends.toSorted((left, right) => left.partition - right.partition),
          ({ endOffset }) => endOffset,
        ),
      };
    } finally {
      await admin.close();
    }
  }

  it('stores every announce once, with where it stands in the log', async () => {
    written.push(...(await writeBatches(stack.producer, 40)));
    await expectStored(stack.clickhouse, written);
  }, 90_000);

  it('passes over marks and broken records, counts those, and commits past them', async () => {
    const mark = codec().encode('Mark', { owner: 'rollup-1', written: Date.now() });
    for (let partition = 0; partition < partitions; partition += 1) {
      const values = [mark, Buffer.from('nothing of ours'), null, mark];
      for (const value of values) {
        await stack.producer.append(topics.announces, partition, [{ value }]);
      }
    }
    written.push(...(await writeBatches(stack.producer, 5)));
    await expectStored(stack.clickhouse, written);
    await eventually('all is committed', async () => {
      const { committed, ends } = await positions();
      return JSON.stringify(committed) === JSON.stringify(ends);
    });
    expect(await metricOf(ingest.admin, 'viblast_ingest_broken_records_total')).toBe(
      2 * partitions,
    );
  }, 90_000);

  it('sets aside the record alone that ClickHouse refuses, with a dead letter', async () => {
    const { brokers } = stack.kafka;
    const { url, database } = stack.clickhouse;
    const letters: DeadLetter[] = [];
    const kafka = connectKafka({ brokers, clientId: 'ingest-test', logger: silentLogger });
    const tail = kafka.tail(topics.deadLetters, ({ value }) => {
      const decoded = codec().decode(value);
      if (decoded.ok && decoded.record.type === 'DeadLetter') letters.push(decoded.record.value);
    });
    await tail.start();
    const { client } = openDatabase(url, database);
    const constraint = 'CONSTRAINT no_strangers';
    await client.command({
      query: `ALTER TABLE announces ADD ${constraint} CHECK tracker != 'stranger'`,
    });
    written.push(...(await writeBatches(stack.producer, 10)));
    const [refused = ''] = await writeBatches(stack.producer, 1, 'stranger');
    written.push(...(await writeBatches(stack.producer, 10)));
    await expectStored(stack.clickhouse, written);
    await eventually('it has a dead letter', () => Promise.resolve(letters.length > 0));
    await client.command({ query: `ALTER TABLE announces DROP ${constraint}` });
    await Promise.all([client.close(), tail.stop()]);
    expect(letters.map(({ partition, offset }) => `${partition}/${offset}/0`)).toEqual([
      refused.split(' ')[0],
    ]);
    expect(letters).toMatchObject([{ topic: 'announces', reason: 'not_applicable' }]);
    expect(letters[0]?.detail).toContain('ClickHouse refuses its rows: ClickHouse error 469');
    expect(await metricOf(ingest.admin, 'viblast_ingest_set_aside_bytes_total')).toBeGreaterThan(0);
  }, 90_000);

  it('loses nothing when ClickHouse is killed and comes back, and says meanwhile what is wrong', async () => {
    stack.clickhouse.process.kill('SIGKILL');
    await stack.clickhouse.process.exited;
    written.push(...(await writeBatches(stack.producer, 40)));
    await eventually('ingest says that ClickHouse is away', async () => {
      const answer = await fetch(`http://${ingest.admin}/readyz`);
      const text = await answer.text();
      return answer.status === 503 && text.includes('ClickHouse does not answer');
    });
    const before = await positions();
    expect(before.committed).not.toEqual(before.ends);
    await stack.clickhouse.process.start();
    await expectStored(stack.clickhouse, written);
    await eventually('ingest is ready again', async () => {
      return (await fetch(`http://${ingest.admin}/readyz`)).ok;
    });
    expect(await metricOf(ingest.admin, 'viblast_ingest_insert_errors_total')).toBeGreaterThan(0);
  }, 120_000);

  it('tells of itself, and what it waits for, when it is started while ClickHouse is away', async () => {
    stack.clickhouse.process.kill('SIGKILL');
    ingest.kill('SIGKILL');
    await Promise.all([stack.clickhouse.process.exited, ingest.exited]);
    const started = ingest.start();
    await eventually('ingest says that ClickHouse is away', async () => {
      const answer = await fetch(`http://${ingest.admin}/readyz`);
      return (await answer.text()).includes('ClickHouse does not answer');
    });
    expect(await metricOf(ingest.admin, 'viblast_ingest_records_total')).toBe(0);
    await stack.clickhouse.process.start();
    await started;
    await eventually('ingest is ready', async () => {
      return (await fetch(`http://${ingest.admin}/readyz`)).ok;
    });
  }, 120_000);

  it('loses nothing and counts nothing twice when a process of two is killed', async () => {
    const second = await stack.services.startIngest();
    const both = [ingest, second];
    await eventually('both own partitions', async () => {
      const owned = await Promise.all(
        both.map(({ admin }) => metricOf(admin, 'viblast_ingest_owned_partitions')),
      );
      return owned.every((count) => count === partitions / 2);
    });
    written.push(...(await writeBatches(stack.producer, 20)));
    second.kill('SIGKILL');
    written.push(...(await writeBatches(stack.producer, 20)));
    await expectStored(stack.clickhouse, written);
  }, 120_000);

  it('stores what it has read when it is told to stop, and goes on there when it starts again', async () => {
    written.push(...(await writeBatches(stack.producer, 20)));
    await ingest.stop();
    written.push(...(await writeBatches(stack.producer, 20)));
    await ingest.start();
    await expectStored(stack.clickhouse, written);
  }, 120_000);
});
