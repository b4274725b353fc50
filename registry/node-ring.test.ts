import { describe, expect, it } from '@jest/globals';
import { codec, topics } from '../schemas/index.js';
import { clusterChoice, keptLog } from './testing/examples.js';
import { MemoryKafka } from './testing/memory-kafka.js';
import { NodeRing } from './node-ring.js';
import { RegistryWriter } from './registry-writer.js';
import { Registry } from './registry.js';

describe('a node in its ring', () => {
  it('joins groups by the earlier protocol as well, until the upgrade is finished', async () => {
    const kafka = new MemoryKafka();
    const registry = new Registry(kafka, keptLog());
    await registry.start();
    const writer = new RegistryWriter(registry, await kafka.producer());
    const ring = new NodeRing(registry, 'vba', 'rollup-1', 'automatic');
    const seen: (readonly string[])[] = [ring.protocols()];
    ring.onChange(() => seen.push(ring.protocols()));
    const begun = { ...clusterChoice, recordsVersion: 1 };
    const both = ['viblast-sticky-2', 'viblast-sticky'];
    expect(await writer.setCluster(begun, 0, 'ann')).toMatchObject({ ok: true });
    expect(await writer.setCluster({ ...begun, recordsVersion: 2 }, 1, 'ann')).toMatchObject({
      ok: true,
      cluster: { recordsVersion: 2 },
    });
    expect(seen).toEqual([both, both, ['viblast-sticky-2']]);
    expect(await writer.setCluster(begun, 2, 'ann')).toEqual({
      ok: false,
      reason: 'invalid',
      detail: 'recordsVersion: version 2 stands in the log already',
    });
    // Nodes of an earlier version read all but the end of the upgrade.
    const isOldest = kafka
      .log(topics.registry)
      .records.map(({ value }) => codec().isOlder(value ?? Buffer.alloc(0)));
    expect(isOldest).toEqual([true, false, true]);
    writer.close();
    await registry.stop();
  });
});
