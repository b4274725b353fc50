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
    const all = ['viblast-sticky-3', 'viblast-sticky-2', 'viblast-sticky'];
    expect(await writer.setCluster(begun, 0, 'ann')).toMatchObject({ ok: true });
    for (const [before, recordsVersion] of [2, 3].entries()) {
      const outcome = await writer.setCluster({ ...begun, recordsVersion }, before + 1, 'ann');
      expect(outcome).toMatchObject({ ok: true, cluster: { recordsVersion } });
    }
    expect(seen).toEqual([all, all, all.slice(0, 2), all.slice(0, 1)]);
    expect(await writer.setCluster(begun, 3, 'ann')).toEqual({
      ok: false,
      reason: 'invalid',
      detail: 'recordsVersion: version 3 stands in the log already',
    });
    // Nodes of an earlier version read all but the end of the upgrade.
    const isOldest = kafka
      .log(topics.registry)
      .records.map(({ value }) => codec().isOlder(value ?? Buffer.alloc(0)));
    expect(isOldest).toEqual([true, false, false, true]);
    writer.close();
    await registry.stop();
  });
});
