import { afterEach, describe, expect, it } from '@jest/globals';
import { codec, topics } from '../schemas/index.js';
import { clusterChoice, keptLog, memberNamed, until } from './testing/examples.js';
import { MemoryKafka } from './testing/memory-kafka.js';
import { clusterSettingsOf } from './cluster-rules.js';
import { MemberFold } from './member-fold.js';
import { Membership, readMemberRecord, type MembershipOptions } from './members.js';
import { NameContest } from './name-contest.js';
import { settingsFingerprint } from './settings-fingerprint.js';

describe('the fold of members', () => {
  it('has a node gone 30 s after its last heartbeat, or at its goodbye', () => {
    const fold = new MemberFold();
    fold.apply('b', memberNamed('b'), 1_000);
    fold.apply('a', memberNamed('a'), 2_000);
    const live = (nowMs: number): string[] => fold.live(nowMs).map(({ member }) => member.name);
    expect(live(2_000)).toEqual(['a', 'b']);
    expect(live(30_999)).toEqual(['a', 'b']);
    expect(live(31_000)).toEqual(['a']);
    expect(live(32_000)).toEqual([]);
    fold.apply('b', memberNamed('b'), 40_000);
    expect(live(40_000)).toEqual(['b']);
    fold.apply('b', undefined, 40_001);
    expect(live(40_001)).toEqual([]);
    expect(fold.latest('a')?.seenAtMs).toBe(2_000);
  });

  it('holds a bounded number of nodes, forgetting the one that is silent longest', () => {
    const fold = new MemberFold();
    for (let index = 0; index < 10_000; index += 1)
      fold.apply(`n${index}`, memberNamed('n'), index);
    fold.apply('n0', memberNamed('n'), 20_000);
    fold.apply('new', memberNamed('n'), 20_000);
    expect(fold.latest('n0')).toBeDefined();
    expect(fold.latest('n1')).toBeUndefined();
    expect(fold.latest('new')).toBeDefined();
  });

  it('takes a record for a heartbeat only under the name that its key says', () => {
    const value = codec().encode('Member', memberNamed('a'));
    expect(readMemberRecord({ key: Buffer.from('a'), value })).toMatchObject({ name: 'a' });
    expect(readMemberRecord({ key: Buffer.from('b'), value }).kind).toBe('broken');
    expect(readMemberRecord({ key: null, value }).kind).toBe('broken');
    expect(readMemberRecord({ key: Buffer.from('a'), value: Buffer.from('x') }).kind).toBe(
      'broken',
    );
    expect(readMemberRecord({ key: Buffer.from('a'), value: null })).toEqual({
      kind: 'member',
      name: 'a',
      member: undefined,
      isOlder: false,
    });
  });

  it('knows a heartbeat of an earlier version, and what that could not tell', () => {
    const read = (role: string, version: number) => {
      const member = memberNamed('a', { role, groups: ['told'], ringRevision: 3 });
      return readMemberRecord({
        key: Buffer.from('a'),
        value: codec().encode('Member', member, version),
      });
    };
    expect(read('ingest', 1)).toMatchObject({
      isOlder: true,
      member: { ringRevision: -1, groups: ['ingest'] },
    });
    expect(read('tracker', 1)).toMatchObject({ isOlder: true, member: { groups: [] } });
    expect(read('ingest', 2)).toMatchObject({
      isOlder: false,
      member: { ringRevision: 3, groups: ['told'] },
    });
  });
});

describe('the contest for a name', () => {
  /** Heartbeats as `instance@seconds`; the verdicts as the given instance comes to them. */
  function verdicts(own: string, heartbeats: readonly string[]): string[] {
    const contest = new NameContest(own);
    return heartbeats.map((heartbeat) => {
      const [instance = '', seconds] = heartbeat.split('@');
      return contest.read(instance, Number(seconds) * 1_000);
    });
  }

  it('goes against the one that began while the other was live', () => {
    const log = ['old@0', 'new@2', 'old@5', 'new@7', 'old@10'];
    expect(verdicts('new', log)).toEqual(['keep', 'keep', 'go', 'keep', 'go']);
    expect(verdicts('old', log)).not.toContain('go');
  });

  it('does not take place when the earlier run is never heard of again', () => {
    expect(verdicts('new', ['old@0', 'old@5', 'new@6', 'new@11'])).not.toContain('go');
  });

  it('goes against a node that slept for so long that its name was free', () => {
    const log = ['slept@0', 'new@31', 'slept@35', 'new@36'];
    expect(verdicts('slept', log)).toContain('go');
    expect(verdicts('new', log)).not.toContain('go');
  });

  it('is decided by the log when two begin at once', () => {
    const log = ['x@0', 'y@0', 'x@5', 'y@5'];
    expect(verdicts('x', log)).not.toContain('go');
    expect(verdicts('y', log)).toContain('go');
  });
});

describe('membership', () => {
  const started: Membership[] = [];
  afterEach(async () => {
    await Promise.all(started.splice(0).map((membership) => membership.stop()));
  });

  function membership(kafka: MemoryKafka, change: Partial<MembershipOptions>): Membership {
    const made = new Membership({
      kafka,
      logger: keptLog(),
      name: 'n1',
      role: 'tracker',
      address: 'h:1',
      version: '1',
      settingsFingerprint: 'f',
      fail: (error) => {
        throw error;
      },
      ...change,
    });
    started.push(made);
    return made;
  }

  function memoryKafka(): MemoryKafka {
    const kafka = new MemoryKafka();
    kafka.nowMs = Date.now();
    return kafka;
  }

  const names = (of: Membership): string[] => of.members().map(({ member }) => member.name);

  it('shows every live node to every other, and lets one go at its goodbye', async () => {
    const kafka = memoryKafka();
    const one = membership(kafka, { name: 'one', load: () => 0.5, owned: () => ['announces/3'] });
    const two = membership(kafka, { name: 'two', address: 'h:2', state: () => 'draining' });
    await Promise.all([one.start(), two.start()]);
    await until(() => names(one).length === 2 && names(two).length === 2);
    expect(two.members().map(({ member }) => member)).toMatchObject([
      { name: 'one', load: 0.5, owned: ['announces/3'], state: 'up' },
      { name: 'two', state: 'draining' },
    ]);
    await one.stop();
    await until(() => names(two).length === 1);
    expect(names(two)).toEqual(['two']);
  });

  it('is seen by nodes of an earlier version, as long as there are any', async () => {
    const kafka = memoryKafka();
    const older = codec().encode('Member', memberNamed('old', { address: 'h:9' }), 1);
    kafka.append(topics.members, { key: 'old', value: older });
    const node = membership(kafka, { groups: ['told'] });
    const other = membership(kafka, { name: 'n2', address: 'h:2' });
    await node.start();
    await other.start();
    await until(() => names(node).length === 3 && names(other).length === 3);
    const written = (name: string): readonly boolean[] =>
      kafka
        .log(topics.members)
        .records.filter(({ key }) => key?.toString() === name)
        .map(({ value }) => codec().isOlder(value ?? Buffer.alloc(0)));
    expect(written('n1')).toEqual([true, false]);
    // Who reads both knows all that the second one tells.
    expect(other.members().map(({ isOlder }) => isOlder)).toEqual([false, false, true]);
    expect(other.members()[0]?.member.groups).toEqual(['told']);
    kafka.append(topics.members, { key: 'old', value: null });
    await until(() => names(other).length === 2);
    const last = membership(kafka, { name: 'n3', address: 'h:3' });
    await last.start();
    expect(written('n3')).toEqual([false]);
  });

  it('starts at once after a run of its own that said no goodbye', async () => {
    const kafka = memoryKafka();
    const value = codec().encode('Member', memberNamed('n1', { address: 'h:1' }));
    kafka.append(topics.members, { key: 'n1', value });
    const again = membership(kafka, {});
    const beganAtMs = Date.now();
    await again.start();
    expect(Date.now() - beganAtMs).toBeLessThan(5_000);
    await until(() => again.members()[0]?.member.instance === again.instance);
  });

  it('refuses to start while another live node has the name', async () => {
    const kafka = memoryKafka();
    const heartbeat = (): void => {
      kafka.nowMs = Date.now();
      const value = codec().encode('Member', memberNamed('n1', { address: 'elsewhere:9' }));
      kafka.append(topics.members, { key: 'n1', value });
    };
    heartbeat();
    const second = membership(kafka, {});
    const starting = second.start();
    setImmediate(() => setTimeout(heartbeat, 20));
    await expect(starting).rejects.toMatchObject({
      code: 'name_taken',
      exitCode: 78,
      message: expect.stringMatching(/"n1".*elsewhere:9/),
    });
    // What it never had it doesn't say goodbye to.
    await second.stop();
    expect(kafka.log(topics.members).records.at(-1)?.value).not.toBeNull();
  });

  it('starts once the other node of its name says goodbye', async () => {
    const kafka = memoryKafka();
    const value = codec().encode('Member', memberNamed('n1', { address: 'elsewhere:9' }));
    kafka.append(topics.members, { key: 'n1', value });
    const next = membership(kafka, {});
    const starting = next.start();
    setImmediate(() => kafka.append(topics.members, { key: 'n1', value: null }));
    await starting;
    await until(() => names(next).length === 1);
  });

  it('stops a node when one of the same address proves to have had the name first', async () => {
    const kafka = memoryKafka();
    const heartbeat = (): void => {
      const value = codec().encode('Member', memberNamed('n1', { address: 'h:1' }));
      kafka.append(topics.members, { key: 'n1', value });
    };
    heartbeat();
    const failures: unknown[] = [];
    const second = membership(kafka, { fail: (error) => failures.push(error) });
    await second.start();
    await until(() => names(second).length === 1);
    heartbeat();
    await until(() => failures.length > 0);
    heartbeat();
    expect(failures).toMatchObject([{ code: 'name_taken' }]);
    await second.stop();
    expect(kafka.log(topics.members).records.at(-1)?.value).not.toBeNull();
  });
});

describe("the settings' fingerprint", () => {
  it('depends on the values, not on the order of their keys', () => {
    const cluster = clusterSettingsOf(clusterChoice, 1);
    const one = settingsFingerprint(cluster, { a: 1, b: { c: 2, d: [1, 2] } });
    expect(one).toMatch(/^[0-9a-f]{64}$/);
    expect(settingsFingerprint({ ...cluster }, { b: { d: [1, 2], c: 2 }, a: 1 })).toBe(one);
    expect(settingsFingerprint(cluster, { a: 1, b: { c: 2, d: [2, 1] } })).not.toBe(one);
    expect(
      settingsFingerprint({ ...cluster, lateMs: 1 }, { a: 1, b: { c: 2, d: [1, 2] } }),
    ).not.toBe(one);
  });
});
