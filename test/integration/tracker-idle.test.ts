import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { setUpCluster } from '../../lab/stack/cluster.js';
import { wakeUpsOf } from '../../lab/stack/index.js';
import { Supervisor } from '../../lab/stack/process/supervisor.js';
import { startKafka } from '../../lab/stack/servers/kafka.js';
import { Services, type StartedTracker } from '../../lab/stack/services.js';

/** A Kafka of its own: three brokers, each with connections of its own, and a tracker of nobody. */
const supervisor = new Supervisor();
const measuredMs = 10_000;
let tracker: StartedTracker;

beforeAll(async () => {
  const kafka = await startKafka(supervisor, 3);
  await setUpCluster(kafka.brokers, { brokers: 3 });
  const none = { plaintext: '', render: '', url: '', database: '' };
  const services = new Services(supervisor, { kafka, clickhouse: none, graphite: none });
  tracker = await services.startTracker();
}, 180_000);

afterAll(() => supervisor.close(), 60_000);

it('a tracker without viewers sleeps: its connections to three brokers wake it up seldom', async () => {
  const { pid } = tracker.process;
  const rates: number[] = [];
  // What follows a start, garbage and late compiling, comes to an end by itself.
  for (let passed = 0; passed < 4; passed += 1) {
    const before = wakeUpsOf(pid);
    const startedAtMs = performance.now();
    await new Promise((resolve) => setTimeout(resolve, measuredMs));
    const seconds = (performance.now() - startedAtMs) / 1_000;
    rates.push((wakeUpsOf(pid) - before) / seconds);
    if ((rates.at(-1) ?? Infinity) <= 100) break;
  }
  // Measured: 40; without the guard of requests that wait, some hundreds more.
  expect(rates.at(-1)).toBeLessThanOrEqual(100);
}, 90_000);
