import { describe, expect, it } from '@jest/globals';
import { codec } from '../schemas/index.js';
import { emptyRegistryState, fold } from './fold.js';
import { RegistryWriter } from './registry-writer.js';
import { Registry } from './registry.js';
import { streamOptionsLimits, webTorrentOptions } from './stream-options.js';
import { streamError } from './stream-rules.js';
import { keptLog, streamNamed } from './testing/examples.js';
import { MemoryKafka } from './testing/memory-kafka.js';

const infoHash = 'ab'.repeat(20);
const known = {
  webTorrent: { infoHashes: { [infoHash]: '720p' }, refuseUnknownInfoHashes: true },
};

const plain = { ...streamNamed('a'), expectedRevision: 0, options: '' };

describe('the options of a stream', () => {
  it('come back from the log as they were given, with words that nobody knows', async () => {
    const kafka = new MemoryKafka();
    const reader = new Registry(kafka, keptLog());
    await reader.start();
    const writer = new RegistryWriter(reader, await kafka.producer());
    const options = { ...known, later: { than: ['this', null, 1.5] }, ['__proto__']: 'kept' };
    expect(await writer.putStream(streamNamed('a', { options }), 0, 'ann')).toMatchObject({
      ok: true,
      stream: { options },
    });
    expect(reader.stream('a')?.options).toEqual(options);
  });

  it('are written so that older readers read all streams that have none', async () => {
    const kafka = new MemoryKafka();
    const reader = new Registry(kafka, keptLog());
    await reader.start();
    const writer = new RegistryWriter(reader, await kafka.producer());
    await writer.putStream(streamNamed('a'), 0, 'ann');
    await writer.putStream(streamNamed('a', { options: known }), 1, 'ann');
    await writer.putStream(streamNamed('a'), 2, 'ann');
    const headers = kafka
      .log('registry')
      .records.map(({ value }) => value?.subarray(0, 10).toString('hex'));
    const fresh = { id: '', written: 0, actor: '', command: { 'viblast.PutStream': plain } };
    const headerOf = (bytes: Buffer): string => bytes.subarray(0, 10).toString('hex');
    const old = headerOf(codec().encode('RegistryCommand', fresh, 1));
    const second = headerOf(codec().encode('RegistryCommand', fresh, 2));
    expect(headers).toEqual([old, second, old]);
    expect(reader.stream('a')).toMatchObject({ revision: 3, options: {} });
  });

  it('are refused in the log where they are no JSON object, by every reader', () => {
    for (const options of ['{', '7', 'null', '[]', '"x"']) {
      const state = emptyRegistryState();
      const command = { 'viblast.PutStream': { ...plain, options } };
      const { outcome } = fold(
        state,
        { offset: 0, atMs: 1 },
        { id: '1', written: 1, actor: 'ann', command },
      );
      expect(outcome).toMatchObject({ ok: false, reason: 'invalid' });
      expect(state.streams.size).toBe(0);
    }
  });

  const wrong: [options: object, field: string][] = [
    [{ webTorrent: 7 }, 'options.webTorrent'],
    [{ webTorrent: { refuseUnknownInfoHashes: 'yes' } }, 'refuseUnknownInfoHashes'],
    [{ webTorrent: { infoHashes: [infoHash] } }, 'infoHashes'],
    [{ webTorrent: { infoHashes: { ABCD: '' } } }, 'infoHashes'],
    [{ webTorrent: { infoHashes: { [infoHash.toUpperCase()]: '' } } }, 'infoHashes'],
    [{ webTorrent: { infoHashes: { [infoHash]: 720 } } }, `infoHashes.${infoHash}`],
    [{ webTorrent: { infoHashes: { [infoHash]: 'x'.repeat(33) } } }, `infoHashes.${infoHash}`],
    [{ other: 'x'.repeat(streamOptionsLimits.lengthMax) }, 'options'],
  ];
  it.each(wrong)('refuse %j by the name of the field', (options, field) => {
    const error = streamError(streamNamed('a', { options: { ...options } }));
    expect(error?.split(':')[0]).toMatch(new RegExp(`^options.*${field.replace('options', '')}$`));
  });

  it('are no deeper than who writes and compares them can go', () => {
    const errorOf = (depth: number) => {
      const options = JSON.parse(`${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`) as object;
      return streamError(streamNamed('a', { options: { ...options } }));
    };
    expect(errorOf(streamOptionsLimits.depthMax)).toBeUndefined();
    expect(errorOf(streamOptionsLimits.depthMax + 1)).toMatch(/^options: nested/);
    expect(errorOf(20_000)).toMatch(/^options: nested/);
  });

  it('bound how many info hashes a stream has', () => {
    const many = Array.from({ length: streamOptionsLimits.infoHashesMax + 1 }, (_, index) => [
      index.toString(16).padStart(40, '0'),
      '',
    ]);
    const errorOf = (count: number) => {
      const infoHashes = Object.fromEntries(many.slice(0, count)) as object;
      return streamError(streamNamed('a', { options: { webTorrent: { infoHashes } } }));
    };
    expect(errorOf(streamOptionsLimits.infoHashesMax)).toBeUndefined();
    expect(errorOf(many.length)).toMatch(/^options.webTorrent.infoHashes: more than/);
  });

  it('are read as far as they are right, whoever wrote them', () => {
    expect(webTorrentOptions({ webTorrent: [] })).toEqual(webTorrentOptions({}));
    const mixed = { infoHashes: { [infoHash]: 7, x: '720p' }, refuseUnknownInfoHashes: 1 };
    expect(webTorrentOptions({ webTorrent: mixed })).toEqual({
      infoHashes: new Map([[infoHash, '']]),
      refuseUnknownInfoHashes: false,
    });
  });
});
