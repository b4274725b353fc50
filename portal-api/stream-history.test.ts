import { describe, expect, it } from '@jest/globals';
import { emptyStream, type HistoryEntry, type StreamSettings } from '../registry/index.js';
import { seenPart, toldHistory } from './stream-history.js';

let offset = 0;

function entry(
  expectedRevision: number,
  change: Partial<StreamSettings>,
  outcome: HistoryEntry['outcome'] = 'accepted',
): HistoryEntry {
  offset += 1;
  const settings = { ...emptyStream('arena'), ...change };
  return { offset, atMs: offset, actor: 'ann', expectedRevision, outcome, detail: '', settings };
}

const deleted = { isArchived: true, options: { tombstone: true } };
/** Sealed secrets stand for what is before their colon. */
const secretOf = (_stream: string, { secret }: { readonly secret: string }) => secret.split(':')[0];

function changesIn(history: readonly HistoryEntry[]): unknown[] {
  return toldHistory(history, secretOf).map(({ changes }) =>
    changes.map(({ field, before, after }) => [field, before, after]),
  );
}

describe('the history of a stream', () => {
  it('says of each change what was there before it', () => {
    const told = changesIn([
      entry(0, { title: 'A' }),
      entry(1, { title: 'B', options: { groups: ['x'], policy: { peers: false } } }),
      entry(2, { title: 'B', options: { policy: { peers: true } }, isArchived: true }),
    ]);
    expect(told).toEqual([
      [['title', '', 'A']],
      [
        ['title', 'A', 'B'],
        ['options.groups', null, ['x']],
        ['options.policy', null, { peers: false }],
      ],
      [
        ['isArchived', false, true],
        ['options.groups', ['x'], null],
        ['options.policy', { peers: false }, { peers: true }],
      ],
    ]);
  });

  it('tells of options by whatever name, also one that every object has', () => {
    const names = ['toString', 'constructor', 'hasOwnProperty'];
    const options = Object.fromEntries(names.map((name) => [name, 1]));
    const told = changesIn([entry(0, { options }), entry(1, {})]);
    const fields = names.map((name) => `options.${name}`);
    expect(told).toEqual([
      fields.map((field) => [field, null, 1]),
      fields.map((field) => [field, 1, null]),
    ]);
  });

  it('says of a change that lost its race what it was to change of the revision it saw', () => {
    const told = changesIn([
      entry(0, { title: 'A' }),
      entry(1, { title: 'B' }),
      entry(1, { title: 'C' }, 'conflict'),
      entry(0, { title: 'D' }, 'exists'),
      entry(7, { title: 'E' }, 'conflict'),
    ]);
    expect(told.slice(2)).toEqual([[['title', 'A', 'C']], [['title', '', 'D']], []]);
  });

  it('tells of token keys which there are and which secret is another one, and no secret', () => {
    const keys = (...secrets: string[]) => ({
      tokenKeys: secrets.map((secret, index) => ({ kid: `k${index}`, secret })),
    });
    const history = [
      entry(0, keys('hush')),
      entry(1, keys('hush', 'hush')),
      entry(2, keys('hush:sealed', 'hush')),
      entry(3, keys('hush:sealed', 'hushhush')),
    ];
    expect(changesIn(history)).toEqual([
      [['tokenKeys', [], ['k0']]],
      [['tokenKeys', ['k0'], ['k0', 'k1']]],
      [],
      [['tokenKeys.k1.secret', 'a secret', 'another secret']],
    ]);
    expect(JSON.stringify(toldHistory(history, secretOf))).not.toContain('hush');
  });

  it('tells of deleting as such, and of what comes after as of another stream', () => {
    const history = [
      entry(0, { title: 'A' }),
      entry(1, { title: 'A', isArchived: true }),
      entry(2, deleted),
      entry(3, { title: 'B' }),
    ];
    expect(changesIn(history).slice(2)).toEqual([
      [['isDeleted', false, true]],
      [['title', '', 'B']],
    ]);
    const isSeen = (): boolean => true;
    expect(seenPart(history, isSeen)).toEqual({ part: history.slice(3), isBegun: true });
    const before = history.slice(0, 2);
    expect(seenPart(before, isSeen)).toEqual({ part: before, isBegun: false });
  });

  it('tells since a stream is seen nothing of before, also where a change was made of that', () => {
    const history = [
      entry(0, { title: 'A', options: { groups: ['x'] } }),
      entry(0, { title: 'stale' }, 'conflict'),
      entry(1, { title: 'B', options: { groups: ['y'] } }),
      entry(1, { title: 'C' }, 'conflict'),
      entry(2, { title: 'D', options: { groups: ['y'] } }),
    ];
    const seen = seenPart(history, ({ options }) => String(options['groups']) === 'y');
    expect(seen.part).toEqual(history.slice(2));
    const told = toldHistory(seen.part, secretOf, seen.isBegun).map(({ changes }) => changes);
    expect(told).toEqual([
      [
        { field: 'title', before: '', after: 'B' },
        { field: 'options.groups', before: null, after: ['y'] },
      ],
      [],
      [{ field: 'title', before: 'B', after: 'D' }],
    ]);
    expect(seenPart(history.slice(0, 2), () => false)).toEqual({ part: [], isBegun: true });
  });

  it('leaves out the first change of a trail that was cut off, since nobody knows what it changed', () => {
    const told = changesIn([entry(7, { title: 'B' }), entry(8, { title: 'C' })]);
    expect(told).toEqual([[['title', 'B', 'C']]]);
  });
});
