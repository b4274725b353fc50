import { describe, expect, it } from '@jest/globals';
import { Registry as Metrics } from 'prom-client';
import { topics } from '../schemas/index.js';
import { tellRegistry } from './registry-metrics.js';
import { Registry } from './registry.js';
import { keptLog, until } from './testing/examples.js';
import { MemoryKafka } from './testing/memory-kafka.js';

async function valueOf(metrics: Metrics, name: string): Promise<number | undefined> {
  return (await metrics.getSingleMetric(name)?.get())?.values[0]?.value;
}

describe('the metrics of the registry', () => {
  it('tell how many records are broken', async () => {
    const kafka = new MemoryKafka();
    const registry = new Registry(kafka, keptLog());
    await registry.start();
    const metrics = new Metrics();
    tellRegistry(metrics, registry, Date.now);
    expect(await valueOf(metrics, 'viblast_registry_broken_records')).toBe(0);
    const producer = await kafka.producer();
    await producer.append(topics.registry, 0, [{ value: Buffer.from('no record') }]);
    await until(() => registry.nextOffset === 1);
    expect(await valueOf(metrics, 'viblast_registry_broken_records')).toBe(1);
  });

  it('tell for how long no broker has answered, and never less than nothing', async () => {
    const metrics = new Metrics();
    let nowMs = 100_000;
    tellRegistry(metrics, { lastAnswerAtMs: 90_000, brokenRecords: 0 }, () => nowMs);
    expect(await valueOf(metrics, 'viblast_registry_silent_seconds')).toBe(10);
    nowMs = 80_000;
    expect(await valueOf(metrics, 'viblast_registry_silent_seconds')).toBe(0);
  });
});
