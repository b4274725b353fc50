import { describe, expect, it } from '@jest/globals';
import { emptyStream, type RegisteredStream } from '../registry/index.js';
import type { Actor } from './actor.js';
import { streamFilter, type StreamSearch } from './stream-search.js';

const everybody: Actor = { name: 'user:ann', role: 'viewer', groups: 'all' };

function streamOf(key: string, title: string, groups: string[], tags: string[]): RegisteredStream {
  const times = { createdAtMs: 0, changedAtMs: 0, changedBy: 'ann', revision: 1 };
  return { ...emptyStream(key), title, options: { groups, tags }, ...times };
}

const streams = [
  streamOf('arena-main', 'Aréna "1" <b>', ['sport'], ['live']),
  streamOf('studio-2', 'STUDIO', ['news', 'sport'], ['live', 'hd']),
  { ...streamOf('cinema', 'Old films', ['films'], []), isArchived: true },
];

function found(wish: StreamSearch, actor = everybody): string[] {
  return streams.filter(streamFilter(actor, wish)).map(({ key }) => key);
}

describe('the search for streams', () => {
  it.each<[StreamSearch, string[]]>([
    [{}, ['arena-main', 'studio-2']],
    [{ search: 'ARENA' }, ['arena-main']],
    [{ search: 'arèna "1"' }, ['arena-main']],
    [{ search: 'hd studio' }, ['studio-2']],
    [{ search: 'hd arena' }, []],
    [{ search: ' ' }, ['arena-main', 'studio-2']],
    [{ tag: 'live' }, ['arena-main', 'studio-2']],
    [{ tag: 'liv' }, []],
    [{ group: 'news' }, ['studio-2']],
    [{ archived: true }, ['cinema']],
    [{ archived: true, group: 'sport' }, []],
  ])('by %j finds %j', (wish, keys) => {
    expect(found(wish)).toEqual(keys);
  });

  it('finds for who sees some groups what is of them', () => {
    expect(found({}, { ...everybody, groups: ['news'] })).toEqual(['studio-2']);
    expect(found({ group: 'sport' }, { ...everybody, groups: ['films'] })).toEqual([]);
    expect(found({}, { ...everybody, groups: [] })).toEqual([]);
  });
});
