import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { codec } from '../schemas/index.js';
import { deletedStream, isDeleted } from './deleted-streams.js';
import { registryLimits } from './fold.js';
import { RegistryWriter } from './registry-writer.js';
import { Registry } from './registry.js';
import { loggedStreamError } from './stream-rules.js';
import { keptLog, streamNamed } from './testing/examples.js';
import { MemoryKafka } from './testing/memory-kafka.js';

const step = fc.constantFrom('create', 'change', 'archive', 'delete');

describe('a deleted stream', () => {
  it('is an archived stream without anything else, to readers that know no deleting', () => {
    expect(loggedStreamError(deletedStream('arena'))).toBeUndefined();
    expect(deletedStream('arena')).toMatchObject({ isArchived: true, tokenKeys: [], origins: [] });
    expect(isDeleted({ ...deletedStream('arena'), isArchived: false })).toBe(false);
    expect(isDeleted(streamNamed('arena', { isArchived: true }))).toBe(false);
  });

  it('is the predecessor of who takes its key, however much is changed since', async () => {
    const kafka = new MemoryKafka();
    const registry = new Registry(kafka, keptLog());
    await registry.start();
    const writer = new RegistryWriter(registry, await kafka.producer());
    await writer.putStream(streamNamed('a', { isArchived: true }), 0, 'ann');
    expect(registry.hadPredecessor('a')).toBe(false);
    await writer.deleteStream('a', 1, 'ann');
    await writer.putStream(streamNamed('a'), 0, 'ben');
    for (let change = 0; change <= registryLimits.historyMax; change += 1) {
      const revision = registry.stream('a')?.revision ?? 0;
      await writer.putStream(streamNamed('a', { title: `${change}` }), revision, 'ben');
    }
    expect(registry.hadPredecessor('a')).toBe(true);
    expect(registry.hadPredecessor('b')).toBe(false);
  });

  /** What a reader of before does: it knows a stream's revision, and nothing of deleting. */
  it('leaves those readers at the same revisions, whatever is done in whichever order', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
        const kafka = new MemoryKafka();
        const registry = new Registry(kafka, keptLog());
        await registry.start();
        const writer = new RegistryWriter(registry, await kafka.producer());
        for (const wish of steps) {
          const revision = registry.stream('a')?.revision ?? 0;
          const isArchived = wish === 'archive';
          if (wish === 'delete') await writer.deleteStream('a', revision, 'ann');
          else if (wish === 'create') await writer.putStream(streamNamed('a'), 0, 'ann');
          else await writer.putStream(streamNamed('a', { isArchived }), revision, 'ann');
        }
        let revision = 0;
        for (const { value } of kafka.log('registry').records) {
          const decoded = codec().decode(value);
          if (!decoded.ok || decoded.record.type !== 'RegistryCommand') throw new Error('unread');
          const { command } = decoded.record.value;
          if (!('viblast.PutStream' in command)) throw new Error('not of a stream');
          if (command['viblast.PutStream'].expectedRevision === revision) revision += 1;
        }
        const present = registry.stream('a')?.revision ?? registry.revisionToCreate('a');
        expect(present).toBe(revision);
      }),
      { numRuns: 50 },
    );
  });
});
