import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { codec, type RegistryCommand } from '../schemas/index.js';
import { creationId } from './creations.js';
import { deletedStream } from './deleted-streams.js';
import { clusterChoice, streamNamed } from './testing/examples.js';
import { emptyRegistryState, fold, registryLimits, type RegistryState } from './fold.js';
import { textOfOptions } from './stream-options.js';
import type { StreamSettings } from './types.js';

let lastId = 0;

function put(settings: StreamSettings, expectedRevision: number, actor = 'ann'): RegistryCommand {
  lastId += 1;
  return {
    id: String(lastId),
    written: 1,
    actor,
    command: {
      'viblast.PutStream': {
        ...settings,
        options: textOfOptions(settings.options),
        expectedRevision,
      },
    },
  };
}

function setCluster(
  change: Partial<typeof clusterChoice>,
  expectedRevision: number,
): RegistryCommand {
  lastId += 1;
  const command = { 'viblast.SetCluster': { ...clusterChoice, ...change, expectedRevision } };
  return { id: String(lastId), written: 1, actor: 'ann', command };
}

function apply(state: RegistryState, commands: readonly RegistryCommand[]): string[] {
  return commands.map((command, offset) => {
    const { outcome, isRepeat } = fold(state, { offset, atMs: 1_000 + offset }, command);
    if (isRepeat) return 'repeat';
    return outcome.ok ? 'ok' : outcome.reason;
  });
}

const command = fc
  .record({
    key: fc.constantFrom('a', 'b', '*', 'not a key'),
    title: fc.constantFrom('', 'one', 'two'),
    renditions: fc.constantFrom([], ['720p'], ['720p', '720p']),
    expectedRevision: fc.integer({ min: -1, max: 6 }),
    id: fc.integer({ min: 0, max: 30 }).map(String),
    cluster: fc.boolean(),
  })
  .map(({ cluster, id, key, title, renditions, expectedRevision }) => ({
    ...(cluster
      ? setCluster({ takeoverSeconds: 10 + title.length }, expectedRevision)
      : put(streamNamed(key, { title, renditions }), expectedRevision)),
    id,
  }));

describe('fold', () => {
  it('takes renditions that were accepted before `=` had a meaning', () => {
    const renditions = ['bitrate=900', 'a=1', 'a=2'];
    const state = emptyRegistryState();
    expect(apply(state, [put(streamNamed('a', { renditions }), 0)])).toEqual(['ok']);
    expect(state.streams.get('a')?.stream.renditions).toEqual(renditions);
  });

  it('creates a stream at revision 0, once', () => {
    const state = emptyRegistryState();
    expect(apply(state, [put(streamNamed('a'), 0), put(streamNamed('a'), 0)])).toEqual([
      'ok',
      'exists',
    ]);
    expect(state.streams.get('a')?.stream).toMatchObject({
      revision: 1,
      changedBy: 'ann',
      changedAtMs: 1_000,
    });
  });

  it('changes a stream only at the revision that the writer saw', () => {
    const state = emptyRegistryState();
    const outcomes = apply(state, [
      put(streamNamed('a'), 1),
      put(streamNamed('a'), 0),
      put(streamNamed('a', { title: 'new' }), 1),
      put(streamNamed('a', { title: 'late' }), 1),
      put(streamNamed('a', { title: 'early' }), 3),
      put(streamNamed('a'), -1),
    ]);
    expect(outcomes).toEqual(['not_found', 'ok', 'ok', 'conflict', 'conflict', 'invalid']);
    expect(state.streams.get('a')?.stream).toMatchObject({ title: 'new', revision: 2 });
  });

  it('goes on with the revisions of a key that is taken anew, as of another stream', () => {
    const state = emptyRegistryState();
    const commands = [
      put(streamNamed('a'), 0),
      put(streamNamed('b'), 0),
      put(deletedStream('a'), 1),
      put(streamNamed('a', { title: 'anew' }), 0),
      put(streamNamed('a', { title: 'anew' }), 2),
    ];
    expect(apply(state, commands)).toEqual(['ok', 'ok', 'ok', 'exists', 'ok']);
    const stream = state.streams.get('a')?.stream;
    expect(stream).toMatchObject({ title: 'anew', revision: 3, createdAtMs: 1_004 });
    expect([...state.streams.keys()]).toEqual(['b', 'a']);
  });

  it('answers a creation that is read again as at first, whatever was changed since', () => {
    const state = emptyRegistryState();
    const create = { ...put(streamNamed('a', { title: 'first' }), 0), id: creationId('r', 'b') };
    const place = { offset: 9, atMs: 9_000 };
    apply(state, [create, put(streamNamed('a', { title: 'second' }), 1)]);
    expect(fold(state, place, create)).toMatchObject({
      isRepeat: true,
      outcome: { ok: true, stream: { title: 'first', revision: 1 } },
    });
    const other = { ...put(streamNamed('a'), 0), id: creationId('r', 'another body') };
    expect(fold(state, place, other)).toMatchObject({ outcome: { ok: false, reason: 'exists' } });
    expect(state.streams.get('a')?.stream.title).toBe('second');
  });

  it('refuses an invalid stream whoever wrote it, and says which field', () => {
    const state = emptyRegistryState();
    const { outcome } = fold(state, { offset: 0, atMs: 0 }, put(streamNamed('*'), 0));
    expect(outcome).toMatchObject({ ok: false, reason: 'invalid' });
    expect(outcome.ok ? '' : outcome.detail).toMatch(/^key: /);
    expect(state.streams.size).toBe(0);
  });

  it('takes a copy of a command that took effect as that command, not as a lost race', () => {
    const state = emptyRegistryState();
    const once = put(streamNamed('a'), 0);
    expect(apply(state, [once, once])).toEqual(['ok', 'repeat']);
    expect(state.streams.get('a')?.history).toHaveLength(1);
  });

  it('keeps who wanted what in the audit trail, refused changes too', () => {
    const state = emptyRegistryState();
    apply(state, [
      put(streamNamed('a'), 0, 'ann'),
      put(streamNamed('a', { title: 'x' }), 1, 'ben'),
      put(streamNamed('a', { title: 'y' }), 1, 'cleo'),
    ]);
    expect(
      state.streams
        .get('a')
        ?.history.map(({ offset, actor, outcome }) => `${offset} ${actor} ${outcome}`),
    ).toEqual(['0 ann accepted', '1 ben accepted', '2 cleo conflict']);
  });

  it('holds the latest of many tries to take a key that somebody has, and all that was done', () => {
    const state = emptyRegistryState();
    const tries = Array.from({ length: registryLimits.historyMax }, () =>
      ['a', 'b'].map((key) => put(streamNamed(key), 0, 'ben')),
    );
    apply(state, [put(streamNamed('a'), 0), put(streamNamed('b'), 0), ...tries.flat()]);
    const outcomes = state.streams.get('a')?.history.map(({ outcome }) => outcome);
    expect(outcomes).toEqual(['accepted', 'exists']);
    const places = state.latestChanges.map(({ key, actor }) => `${key} ${actor}`);
    expect(places).toEqual(['a ann', 'b ann', 'a ben', 'b ben']);
  });

  it('holds a bounded part of the audit trail', () => {
    const state = emptyRegistryState();
    apply(
      state,
      Array.from({ length: registryLimits.historyMax + 20 }, (_, revision) =>
        put(streamNamed('a'), revision),
      ),
    );
    const history = state.streams.get('a')?.history ?? [];
    expect(history).toHaveLength(registryLimits.historyMax);
    expect(history[0]?.offset).toBe(20);
  });

  it('knows where the latest changes of all streams stand, within bounds', () => {
    const state = emptyRegistryState();
    const most = registryLimits.latestChangesMax;
    apply(state, [
      ...Array.from({ length: most }, (_, index) => put(streamNamed(`s${index}`), 0)),
      put(streamNamed('s7'), 5, 'ben'),
      put(streamNamed('nowhere'), 1),
    ]);
    expect(state.latestChanges).toHaveLength(most);
    expect(state.latestChanges[0]).toEqual({ offset: 1, actor: 'ann', key: 's1' });
    expect(state.latestChanges.at(-1)).toEqual({ offset: most, actor: 'ben', key: 's7' });
  });

  it('sets the cluster once, and never changes what minutes and partitions mean', () => {
    const state = emptyRegistryState();
    expect(
      apply(state, [
        setCluster({ partitions: 0 }, 0),
        setCluster({}, 0),
        setCluster({}, 0),
        setCluster({ partitions: 16 }, 1),
        setCluster({ intervalSeconds: 5 }, 1),
        setCluster({ takeoverSeconds: 90 }, 1),
        setCluster({ takeoverSeconds: 30 }, 1),
      ]),
    ).toEqual(['invalid', 'ok', 'exists', 'invalid', 'invalid', 'ok', 'conflict']);
    expect(state.cluster).toMatchObject({ revision: 2, takeoverMs: 90_000, partitions: 8 });
  });

  it('lets exactly one of two writers win who saw the same revision', () => {
    fc.assert(
      fc.property(
        fc.nat(5),
        fc.boolean(),
        fc.array(command, { maxLength: 10 }),
        (revision, isAnnFirst, between) => {
          const state = emptyRegistryState();
          const changes = Array.from({ length: revision }, (_, seen) =>
            put(streamNamed('z'), seen),
          );
          apply(state, changes);
          const ann = put(streamNamed('z', { title: 'ann' }), revision, 'ann');
          const ben = put(streamNamed('z', { title: 'ben' }), revision, 'ben');
          const [first, second] = isAnnFirst ? [ann, ben] : [ben, ann];
          const outcomes = apply(state, [first, ...between, second]);
          expect(outcomes[0]).toBe('ok');
          expect(outcomes.at(-1)).toBe(revision === 0 ? 'exists' : 'conflict');
          expect(state.streams.get('z')?.stream).toMatchObject({
            changedBy: first.actor,
            revision: revision + 1,
          });
        },
      ),
    );
  });

  it('brings all readers of the same log to the same state and the same outcomes', () => {
    fc.assert(
      fc.property(fc.array(command, { maxLength: 40 }), (commands) => {
        const [direct, throughBytes] = [emptyRegistryState(), emptyRegistryState()];
        const reread = commands.map((written) => {
          const decoded = codec().decode(codec().encode('RegistryCommand', written));
          if (!decoded.ok || decoded.record.type !== 'RegistryCommand') throw new Error('unread');
          return decoded.record.value;
        });
        expect(apply(throughBytes, reread)).toEqual(apply(direct, commands));
        expect(throughBytes).toEqual(direct);
      }),
    );
  });

  it('counts revisions by what it accepted, and holds only valid streams', () => {
    fc.assert(
      fc.property(fc.array(command, { maxLength: 40 }), (commands) => {
        const state = emptyRegistryState();
        apply(state, commands);
        for (const [key, { stream, history }] of state.streams) {
          expect(['a', 'b']).toContain(key);
          const accepted = history.filter(({ outcome }) => outcome === 'accepted');
          expect(stream.revision).toBe(accepted.length);
          expect(accepted.at(-1)?.settings).toMatchObject({ key, title: stream.title });
        }
      }),
    );
  });
});
