import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  Build,
  compiledTree,
  environmentOf,
  olderBuild,
  startStack,
  type ServiceProcess,
  type Stack,
} from '../../lab/stack/index.js';
import { runCommand, type CommandResult } from '../../lab/stack/install/run-command.js';
import { viewersProcess, type ViewersProcess } from '../../lab/viewers/index.js';
import { exitCode } from '../../service/errors.js';
import { eventually } from '../integration/testing/ingest-support.js';
import { goodSettings, startService } from '../integration/testing/service-starts.js';
import { expectExact } from './testing/expect-exact.js';

/** The oldest whose viewers and trackers speak today's viblast.v1: docs/upgrade.md. */
const olderCommit = '34b434f2e8c918b3d604e8d831055b95dfda5377';
const intervalMs = 5_000;
const streams = ['upgrade-1', 'upgrade-2'];
const viewersEach = 150;

type Part = 'rollups' | 'ingests' | 'trackers' | 'portal';
/** As docs/upgrade.md says; back again it is the other way round. */
const order: readonly Part[] = ['rollups', 'ingests', 'trackers', 'portal'];

const olderOnes = /of an earlier version.*: tracker-2; upgrade first/;

const earlierReaders: Partial<Record<Part, readonly string[]>> = {
  rollups: ['ingest-1', 'ingest-2', 'rollup-1', 'rollup-2'],
  ingests: ['ingest-1', 'ingest-2'],
};

const keptOut = 'supported protocols are incompatible';

const alone = /viewers of other trackers are not met: run .*vba-admin setup/;

/** A stack of its own, which begins with the earlier version. */
describe('an upgrade while viewers watch', () => {
  const folder = mkdtempSync(join(tmpdir(), 'upgrade-'));
  const stopping = new AbortController();
  const now = new Build();
  let olderTree: string;
  let older: Build;
  let stack: Stack;
  let viewers: readonly ViewersProcess[] = [];

  const admin = (
    build: Build,
    program: 'vba-admin' | 'vbt-admin',
    ...args: readonly string[]
  ): Promise<CommandResult> => {
    const brokers = ['--kafka-brokers', stack.kafka.brokers.join(',')];
    const path = build.programAt('admin', `${program}.js`);
    return runCommand(process.execPath, [path, ...args, ...brokers]);
  };

  async function doIt(...args: Parameters<typeof admin>): Promise<string> {
    const { code, output } = await admin(...args);
    expect([args.slice(1), code, code === 0 ? '' : output]).toEqual([args.slice(1), 0, '']);
    return output;
  }

  const nodesOf = (part: Part): readonly ServiceProcess[] => {
    if (part !== 'portal') return stack[part];
    return stack.portal === undefined ? [] : [stack.portal];
  };

  const told = (key: 'acknowledged' | 'connected'): number =>
    viewers.reduce((sum, one) => sum + (one.status()?.[key] ?? 0), 0);

  /** All viewers are there, and what they say is taken. */
  async function flows(after: string): Promise<void> {
    const before = told('acknowledged');
    await eventually(`${after}: viewers are taken`, () =>
      Promise.resolve(
        told('connected') === 2 * viewersEach && told('acknowledged') > before + 2 * viewersEach,
      ),
    );
  }

  /** One node after the other. */
  async function roll(part: Part, build: Build, nodes = nodesOf(part)): Promise<void> {
    stack.useBuild(build);
    for (const node of nodes) {
      await node.stop();
      await node.start();
      // It has no agent checks, and HAProxy goes by what the last agent said: that it leaves.
      if (part === 'trackers' && build === older) {
        const servers = [node.name, `${node.name}-anyway`];
        await stack.haproxy.tell(servers.map((name) => `set server trackers/${name} state ready`));
      }
      await flows(node.name);
    }
  }

  async function portal(method: string, path: string, body?: object): Promise<unknown> {
    const response = await fetch(`${stack.portal?.url}/api/v1${path}`, {
      method,
      headers: {
        authorization: `Bearer ${stack.portal?.token}`,
        'content-type': 'application/json',
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    expect([path, response.ok ? '' : await response.clone().text()]).toEqual([path, '']);
    return response.json();
  }

  /** Live nodes by role, as the portal of whichever version knows them. */
  async function membersSeen(): Promise<unknown> {
    const { members } = (await portal('GET', '/health')) as { readonly members: unknown };
    return members;
  }

  beforeAll(async () => {
    olderTree = await olderBuild(olderCommit);
    older = new Build(olderTree);
    stack = await startStack({
      intervalSeconds: 5,
      lateSeconds: 30,
      graceSeconds: 10,
      takeoverSeconds: 12,
      partitions: 8,
      partialPartitions: 4,
      trackers: 2,
      rollups: 2,
      ingests: 2,
      portal: true,
      streams,
      build: older,
    });
  }, 400_000);

  afterAll(async () => {
    stopping.abort();
    for (const one of viewers) one.kill();
    await Promise.all(viewers.map(({ exited }) => exited));
    await stack.stop();
    rmSync(folder, { recursive: true });
  }, 60_000);

  it('refuses the settings that came later, by their name', async () => {
    const { code, output } = await runCommand(process.execPath, [older.mainOf('tracker')], {
      environment: environmentOf({ node_name: 'too-early', cluster_membership: 'staged' }),
    });
    expect([code, output]).toEqual([
      exitCode.configuration,
      expect.stringContaining('unknown setting "cluster_membership"'),
    ]);
  });

  it('is exact with both versions mixed, node by node, and back again', async () => {
    viewers = [olderTree, compiledTree()].map((distFolder, index) =>
      viewersProcess({
        streams: streams.map((key) => ({ key, renditions: [] })),
        viewers: viewersEach,
        sessionSeconds: 80_000,
        ws: stack.haproxy.ws,
        seed: index + 1,
        ledgerFile: join(folder, `${index}.jsonl`),
        announceIntervalSeconds: 2,
        rampSeconds: 3,
        drainSeconds: 45,
        distFolder,
      }),
    );
    await flows('the start');

    // The wrong order: a writer first, and before the topics that it would like to have.
    await roll('trackers', now, stack.trackers.slice(0, 1));
    expect(readFileSync(stack.trackers[0]?.logFile ?? '', 'utf8')).toMatch(alone);

    // Topics that came since.
    await doIt(now, 'vba-admin', 'setup');
    for (const part of order) {
      await expectFinishRefusedFor(earlierReaders[part] ?? []);
      await roll(part, now);
      await allSeen(`new ${part}`);
      if (part === 'trackers') continue;
      // What an earlier node would not go by is not written as long as there is one.
      const { code, output } = await admin(now, 'vbt-admin', 'cluster', 'join', 'tracker-1');
      if (part !== 'portal') expect([code, output]).toEqual([1, expect.stringMatching(olderOnes)]);
    }
    for (const program of ['vbt-admin', 'vba-admin'] as const) {
      await eventually(`${program} ringready`, async () => {
        const { code } = await admin(now, program, 'ringready');
        return code === 0;
      });
    }

    // What an earlier version doesn't know stands in the log that it goes back to.
    await doIt(now, 'vbt-admin', 'cluster', 'clear');
    const options = ['--options', '{"anything":1}'];
    await doIt(now, 'vba-admin', 'stream', 'create', 'with-options', ...options);

    for (const part of order.toReversed()) {
      await roll(part, older);
      await allSeen(`earlier ${part} again`);
    }
    await portal('POST', '/streams', { key: 'after-all' });
    expect(JSON.stringify(await portal('GET', '/streams'))).toContain('after-all');

    let lastEarlierMinute = 0;
    // For good this time.
    for (const part of order) {
      await roll(part, now);
      if (part === 'rollups') lastEarlierMinute = Math.floor(Date.now() / intervalMs);
    }
    expect(await doIt(now, 'vba-admin', 'finish-upgrade')).toContain('version 3 from now on');
    expect(await doIt(now, 'vba-admin', 'finish-upgrade')).toContain('version 3 already');
    await flows('the upgrade is finished');
    await expectKeptOut();
    await flows('an earlier rollup was kept out');
    await fillEarlierMinutes(lastEarlierMinute);

    await expectExact({
      stack,
      viewers,
      intervalMs,
      stopping: stopping.signal,
      // Of an earlier tracker, without agent checks, HAProxy hears half a second after its end.
      failedConnectionsMax: 20,
    });
  }, 1_200_000);

  async function expectFinishRefusedFor(earlier: readonly string[]): Promise<void> {
    if (earlier.length === 0) return;
    const { code, output } = await admin(now, 'vba-admin', 'finish-upgrade');
    expect([code, output]).toEqual([1, expect.stringContaining(`: ${earlier.join(', ')};`)]);
  }

  /** Earlier rollups told Graphite of no start-up buckets: docs/upgrade.md#minutes-of-before. */
  async function fillEarlierMinutes(last: number): Promise<void> {
    const { clickhouse, graphite } = stack;
    const args = ['recompute', '--json', '--graphite', graphite.plaintext];
    args.push('--clickhouse-url', clickhouse.url, '--clickhouse-database', clickhouse.database);
    args.push('--graphite-url', graphite.render);
    await eventually(
      'recompute has written all minutes of earlier rollups',
      async () => {
        const { code, output } = await admin(now, 'vba-admin', ...args);
        const line = output.split('\n').find((text) => text.startsWith('{')) ?? '{"to":0}';
        return code === 0 && (JSON.parse(line) as { readonly to: number }).to >= last;
      },
      180_000,
    );
  }

  /** A rollup of the earlier version gets no partition, says why, and does no harm. */
  async function expectKeptOut(): Promise<void> {
    const { clickhouse, graphite, kafka } = stack;
    const needed = {
      brokers: kafka.brokers,
      clickhouse: clickhouse.url,
      graphite: graphite.plaintext,
      render: graphite.render,
    };
    const settings = { ...goodSettings('rollup', needed), VIBLAST_NODE_NAME: 'rollup-of-before' };
    const { child, log, ended } = startService('rollup', settings, [], older.mainOf('rollup'));
    await eventually('it is kept out', () => Promise.resolve(log().includes(keptOut)));
    expect(log()).not.toContain('partitions assigned');
    child.kill('SIGKILL');
    await ended;
  }

  async function allSeen(when: string): Promise<void> {
    const all = { tracker: 2, rollup: 2, ingest: 2, portal: 1 };
    let seen: unknown;
    await eventually(`${when}: the portal sees all nodes`, async () => {
      seen = await membersSeen();
      return isDeepStrictEqual(seen, all);
    }).catch(() => expect([when, seen]).toEqual([when, all]));
  }
});
