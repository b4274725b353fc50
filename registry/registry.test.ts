import { describe, expect, it } from '@jest/globals';
import { codec, topics } from '../schemas/index.js';
import { AppError } from '../service/errors.js';
import { clusterChoice, keptLog, streamNamed, until } from './testing/examples.js';
import { MemoryKafka } from './testing/memory-kafka.js';
import { openCluster } from './open-cluster.js';
import { RegistryWriter } from './registry-writer.js';
import { registryRoute } from './registry-route.js';
import { Registry } from './registry.js';
import { Sealing } from './sealing.js';

interface Node {
  readonly registry: Registry;
  readonly writer: RegistryWriter;
}

async function node(kafka: MemoryKafka, timeoutMs = 5_000): Promise<Node> {
  const registry = new Registry(kafka, keptLog());
  await registry.start();
  return { registry, writer: new RegistryWriter(registry, await kafka.producer(), { timeoutMs }) };
}

describe('the registry', () => {
  it('answers a write with the stream once its own record came back', async () => {
    const { registry, writer } = await node(new MemoryKafka());
    const created = await writer.putStream(streamNamed('a', { title: 'A' }), 0, 'ann');
    expect(created).toMatchObject({ ok: true, stream: { key: 'a', title: 'A', revision: 1 } });
    expect(registry.stream('a')).toMatchObject({ revision: 1, changedBy: 'ann' });
    const changed = await writer.putStream(streamNamed('a', { title: 'B' }), 1, 'ben');
    expect(changed).toMatchObject({ ok: true, stream: { title: 'B', revision: 2 } });
    expect(registry.history('a').map(({ actor }) => actor)).toEqual(['ann', 'ben']);
  });

  it('lets one of two nodes win that write at once, and both see the same', async () => {
    const kafka = new MemoryKafka();
    const [one, two] = [await node(kafka), await node(kafka)];
    const outcomes = await Promise.all([
      one.writer.putStream(streamNamed('a', { title: 'one' }), 0, 'one'),
      two.writer.putStream(streamNamed('a', { title: 'two' }), 0, 'two'),
    ]);
    expect(outcomes.map((outcome) => (outcome.ok ? 'ok' : outcome.reason)).sort()).toEqual([
      'exists',
      'ok',
    ]);
    expect(one.registry.streams()).toEqual(two.registry.streams());
  });

  it('refuses an invalid stream before anything is written', async () => {
    const kafka = new MemoryKafka();
    const { writer } = await node(kafka);
    expect(await writer.putStream(streamNamed('*'), 0, 'ann')).toMatchObject({
      ok: false,
      reason: 'invalid',
    });
    expect(kafka.log(topics.registry).records).toHaveLength(0);
  });

  it('writes secrets sealed where there is a key, and says which is too long for that', async () => {
    const kafka = new MemoryKafka();
    const registry = new Registry(kafka, keptLog());
    await registry.start();
    const sealing = new Sealing(['k'.repeat(43)]);
    const writer = new RegistryWriter(registry, await kafka.producer(), { sealing });
    const tokenKey = (length: number) => ({ kid: 'k1', secret: 'A'.repeat(length) });
    const put = (length: number) =>
      writer.putStream(streamNamed('a', { tokenKeys: [tokenKey(length)] }), 0, 'ann');
    expect(await put(1_024)).toMatchObject({
      ok: false,
      detail: expect.stringContaining('sealed'),
    });
    expect(await put(43)).toMatchObject({ ok: true });
    const [record] = kafka.log(topics.registry).records;
    expect(record?.value?.toString('latin1')).not.toContain('A'.repeat(43));
    const [sealed] = registry.stream('a')?.tokenKeys ?? [];
    expect(sealing.unseal('a', sealed ?? tokenKey(0))).toEqual({
      kind: 'secret',
      secret: tokenKey(43).secret,
    });
  });

  it('deletes an archived stream at the revision that was seen, and lets its key be taken anew', async () => {
    const kafka = new MemoryKafka();
    const { registry, writer } = await node(kafka);
    await writer.putStream(streamNamed('a', { title: 'A' }), 0, 'ann');
    expect(await writer.deleteStream('a', 1, 'ann')).toMatchObject({ reason: 'invalid' });
    await writer.putStream(streamNamed('a', { isArchived: true }), 1, 'ann');
    expect(await writer.deleteStream('a', 1, 'ann')).toMatchObject({ reason: 'conflict' });
    expect(await writer.deleteStream('a', 2, 'ben')).toMatchObject({ ok: true });
    expect([registry.stream('a'), registry.streams()]).toEqual([undefined, []]);
    expect(await writer.deleteStream('a', 3, 'ben')).toMatchObject({ reason: 'not_found' });
    const anew = await writer.putStream(streamNamed('a', { title: 'anew' }), 0, 'cleo');
    expect(anew).toMatchObject({ ok: true, stream: { title: 'anew', revision: 4 } });
    const again = await writer.putStream(streamNamed('a'), 0, 'cleo');
    expect(again).toMatchObject({ reason: 'exists' });
    expect(registry.history('a').map(({ actor }) => actor)).toContain('ben');
  });

  it('creates a stream that was deleted where this process has not read it yet', async () => {
    const kafka = new MemoryKafka();
    const [one, two] = [await node(kafka), await node(kafka)];
    await one.writer.putStream(streamNamed('a', { isArchived: true }), 0, 'ann');
    await until(() => two.registry.stream('a') !== undefined);
    const [deleted, created] = await Promise.all([
      one.writer.deleteStream('a', 1, 'ann'),
      two.writer.putStream(streamNamed('a', { title: 'anew' }), 0, 'ben'),
    ]);
    expect([deleted.ok, created.ok]).toEqual([true, true]);
    expect(two.registry.stream('a')).toMatchObject({ title: 'anew', revision: 3 });
  });

  it('lets nobody set by hand what a deleted stream is known by', async () => {
    const { writer } = await node(new MemoryKafka());
    const settings = streamNamed('a', { options: { tombstone: true } });
    expect(await writer.putStream(settings, 0, 'ann')).toMatchObject({
      reason: 'invalid',
      detail: expect.stringMatching(/^options.tombstone: /) as unknown,
    });
  });

  it('has one digest in all who have read the same, and another after each change', async () => {
    const kafka = new MemoryKafka();
    const [one, two] = [await node(kafka), await node(kafka)];
    const digests = new Set<string>();
    for (const revision of [0, 1, 2]) {
      await one.writer.putStream(streamNamed('a'), revision, 'ann');
      await until(() => two.registry.nextOffset === one.registry.nextOffset);
      expect(two.registry.digest).toBe(one.registry.digest);
      digests.add(one.registry.digest);
    }
    await one.writer.putStream(streamNamed('a'), 7, 'refused');
    digests.add(one.registry.digest);
    expect(digests.size).toBe(3);
    const replayed = await node(kafka);
    expect(registryRoute(replayed.registry)('GET')).toEqual({
      status: 200,
      body: { nextOffset: 4, digest: one.registry.digest, brokenRecords: 0 },
    });
  });

  it('rejects a write with a retryable error when Kafka refuses or nothing comes back', async () => {
    const kafka = new MemoryKafka();
    const { writer } = await node(kafka, 20);
    kafka.appendError = new AppError('kafka_unavailable', 'away', { retryable: true });
    const failure = { code: 'registry_unavailable', retryable: true };
    await expect(writer.putStream(streamNamed('a'), 0, 'ann')).rejects.toMatchObject(failure);
    kafka.appendError = undefined;
    kafka.isSilent = true;
    await expect(writer.putStream(streamNamed('a'), 0, 'ann')).rejects.toMatchObject(failure);
  });

  it('passes over broken records, counting and logging them', async () => {
    const kafka = new MemoryKafka();
    const log = keptLog();
    kafka.append(topics.registry, { value: Buffer.from('rubbish') });
    kafka.append(topics.registry, { value: codec().encode('Mark', { owner: 'x', written: 1 }) });
    const registry = new Registry(kafka, log);
    await registry.start();
    const writer = new RegistryWriter(registry, await kafka.producer());
    expect(await writer.putStream(streamNamed('a'), 0, 'ann')).toMatchObject({ ok: true });
    expect(registry.brokenRecords).toBe(2);
    expect(log.lines).toEqual(['error a record of the registry is broken, passed over']);
  });

  it('tells listeners of what took effect only, and goes on when one of them fails', async () => {
    const kafka = new MemoryKafka();
    const { registry, writer } = await node(kafka);
    const told: string[] = [];
    registry.onChange(() => {
      throw new Error('broken listener');
    });
    const end = registry.onChange((change) =>
      told.push(
        change.kind === 'stream' ? `${change.stream.key} ${change.stream.revision}` : 'cluster',
      ),
    );
    await writer.putStream(streamNamed('a'), 0, 'ann');
    await writer.putStream(streamNamed('a'), 7, 'ann');
    await writer.setCluster(clusterChoice, 0, 'ann');
    end();
    await writer.putStream(streamNamed('b'), 0, 'ann');
    expect(told).toEqual(['a 1', 'cluster']);
  });
});

describe('openCluster', () => {
  const open = (kafka: MemoryKafka, log = keptLog()): ReturnType<typeof openCluster> =>
    openCluster({ kafka, logger: log, stopping: new AbortController().signal });

  it('says to run the setup when there is no registry, or no settings in it', async () => {
    const kafka = new MemoryKafka();
    const failure = { code: 'not_set_up', exitCode: 69, message: /run "vba-admin setup"/ };
    const matching = { ...failure, message: expect.stringMatching(failure.message) };
    await expect(open(kafka)).rejects.toMatchObject(matching);
    kafka.makeTopics(clusterChoice);
    await expect(open(kafka)).rejects.toMatchObject(matching);
  });

  it('gives the settings, says aloud that one replica is not for production, and goes on following', async () => {
    const kafka = new MemoryKafka();
    const { writer } = await node(kafka);
    await writer.setCluster(clusterChoice, 0, 'ann');
    await expect(open(kafka)).rejects.toMatchObject({ code: 'not_set_up' });
    kafka.makeTopics(clusterChoice);
    const log = keptLog();
    const { cluster, registry } = await open(kafka, log);
    expect(cluster).toMatchObject({ partitions: 8, intervalMs: 60_000, revision: 1 });
    expect(log.lines).toEqual([expect.stringContaining('not for production')]);
    const changed = new Promise((resolve) => registry.onChange(resolve));
    await writer.putStream(streamNamed('later'), 0, 'ann');
    await changed;
    expect(registry.stream('later')).toBeDefined();
  });

  it('starts aloud where a topic was given more partitions than are used', async () => {
    const kafka = new MemoryKafka();
    const { writer } = await node(kafka);
    await writer.setCluster(clusterChoice, 0, 'ann');
    kafka.makeTopics({ ...clusterChoice, partitions: 9 });
    const log = keptLog();
    await open(kafka, log);
    expect(log.lines).toContainEqual(expect.stringContaining('has 9 partitions'));
  });

  it('refuses topics that are not what the settings say', async () => {
    const kafka = new MemoryKafka();
    const { writer } = await node(kafka);
    await writer.setCluster(clusterChoice, 0, 'ann');
    kafka.makeTopics({ ...clusterChoice, partitions: 7 });
    await expect(open(kafka)).rejects.toMatchObject({
      code: 'wrong_topic',
      message: 'topic announces: partition count is 7, must be 8',
    });
  });
});
