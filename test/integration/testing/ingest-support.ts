import { randomBytes } from 'node:crypto';
import { connectKafka, partitionOf, type LogProducer } from '../../../kafka/index.js';
import { codec, topics, type Announce } from '../../../schemas/index.js';
import { silentLogger } from '../../../service/testing/silent-logger.js';
import { setUpCluster } from '../../../lab/stack/cluster.js';
import { metricSum, parseMetrics } from '../../../lab/stack/metrics.js';
import { Supervisor } from '../../../lab/stack/process/supervisor.js';
import { startClickHouse, type ClickHouseServer } from '../../../lab/stack/servers/clickhouse.js';
import { startKafka, type KafkaServers } from '../../../lab/stack/servers/kafka.js';
import { Services } from '../../../lab/stack/services.js';
import { announce } from '../../../rollup/testing/announces.js';
import { openDatabase, rowsOf } from './views-support.js';

export const partitions = 4;
const announcesPerBatch = 50;

/** Kafka, ClickHouse and what starts ingest: of their own, since they are disturbed. */
export interface IngestStack {
  readonly supervisor: Supervisor;
  readonly kafka: KafkaServers;
  readonly clickhouse: ClickHouseServer;
  readonly services: Services;
  readonly producer: LogProducer;
}

export async function startIngestStack(): Promise<IngestStack> {
  const supervisor = new Supervisor();
  const [kafka, clickhouse] = await Promise.all([
    startKafka(supervisor, 1),
    startClickHouse(supervisor),
  ]);
  await setUpCluster(kafka.brokers, { partitions });
  const none = { plaintext: '', render: '' };
  const services = new Services(supervisor, { kafka, clickhouse, graphite: none });
  const producer = await connectKafka({
    brokers: kafka.brokers,
    clientId: 'ingest-test',
    logger: silentLogger,
  }).producer();
  return { supervisor, kafka, clickhouse, services, producer };
}

export async function stopIngestStack(stack: IngestStack): Promise<void> {
  await stack.producer.close();
  await stack.supervisor.close(5_000);
}

function announceOf(session: Buffer, number: number): Announce {
  return announce({
    stream: 'arena-main',
    session,
    number,
    time: Date.now(),
    segment: number,
    watchedMs: 5_000,
    startupMs: number === 0 ? 300 : null,
    cdnBytes: number,
    peerBytes: 2 ** 33,
    peers: 2,
    liveLatencyMs: 4_000,
  });
}

/**
 * Where a written announce stands: `partition/offset/index session number`, as `storedRows` has it.
 */
export type RowText = string;

/** Appends batches of a new session each, and tells where every announce of them stands. */
export async function writeBatches(
  producer: LogProducer,
  batches: number,
  tracker = 'tracker-1',
): Promise<RowText[]> {
  const written: RowText[] = [];
  for (let count = 0; count < batches; count += 1) {
    const session = randomBytes(16);
    const announces = Array.from({ length: announcesPerBatch }, (_, number) =>
      announceOf(session, number),
    );
    const partition = partitionOf('arena-main', session, partitions);
    const value = codec().encode('AnnounceBatch', {
      tracker,
      written: Date.now(),
      announces,
    });
    const { baseOffset } = await producer.append(topics.announces, partition, [{ value }]);
    for (const { number } of announces) {
      const at = `${partition}/${baseOffset}/${number}`;
      written.push(`${at} ${session.toString('base64url')} ${number}`);
    }
  }
  return written;
}

/** The raw rows, each once, in the same form. */
async function storedRows({ url, database }: ClickHouseServer): Promise<RowText[]> {
  const clickhouse = openDatabase(url, database);
  try {
    const rows = await rowsOf(
      clickhouse,
      `SELECT concat(toString(kafka_partition), '/', toString(kafka_offset), '/', toString(batch_index),
        ' ', session, ' ', toString(number)) AS text FROM announces FINAL`,
    );
    return rows.map(({ text }) => String(text));
  } finally {
    await clickhouse.close();
  }
}

/** Waits until the condition holds; rejects, with what was last seen, when it doesn't in time. */
export async function eventually(
  what: string,
  condition: () => Promise<boolean>,
  deadlineMs = 60_000,
): Promise<void> {
  const endMs = performance.now() + deadlineMs;
  let problem = 'not so yet';
  while (performance.now() < endMs) {
    try {
      if (await condition()) return;
    } catch (error) {
      problem = String(error);
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`${what}: ${problem}`);
}

/** Waits until exactly the written announces stand in ClickHouse. */
export async function expectStored(
  clickhouse: ClickHouseServer,
  written: readonly RowText[],
): Promise<void> {
  const expected = written.toSorted().join('\n');
  let stored = 0;
  await eventually(`${written.length} announces are stored`, async () => {
    const rows = await storedRows(clickhouse);
    if (rows.length > written.length) throw new Error(`${rows.length} are stored`);
    if (rows.length !== stored) stored = rows.length;
    return rows.toSorted().join('\n') === expected;
  });
}

/** A metric's sum over its labels, 0 when it isn't there. */
export async function metricOf(admin: string, name: string): Promise<number> {
  const response = await fetch(`http://${admin}/metrics`);
  return metricSum(parseMetrics(await response.text()), name);
}
