import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { MemberRow } from '../../admin/cluster/member-rows.js';
import {
  metricSum,
  readMetrics,
  startStack,
  type ServiceProcess,
  type Stack,
} from '../../lab/stack/index.js';
import { runCommand, type CommandResult } from '../../lab/stack/install/run-command.js';
import { viewersProcess, type ViewersProcess } from '../../lab/viewers/index.js';
import { packageRoot } from '../../service/package-root.js';
import { eventually } from '../integration/testing/ingest-support.js';
import { expectExact } from './testing/expect-exact.js';

type Program = 'vbt-admin' | 'vba-admin';

interface Status {
  readonly revision: number;
  readonly members: readonly MemberRow[];
}

/** Of trackers and of rollups, before one more of each comes. */
const nodeCount = 3;
const viewerCount = 1_000;
const intervalMs = 5_000;
const streams = ['cluster-1', 'cluster-2'];
const distFolder = join(packageRoot(), 'dist');

/** A stack of its own: its nodes wait for an operator. */
describe('a cluster whose operator says who is in', () => {
  const folder = mkdtempSync(join(tmpdir(), 'cluster-'));
  const stopping = new AbortController();
  let stack: Stack;
  let viewers: ViewersProcess | undefined;

  async function run(program: Program, ...args: readonly string[]): Promise<CommandResult> {
    const brokers = stack.kafka.brokers.join(',');
    return await runCommand(process.execPath, [
      join(distFolder, 'admin', `${program}.js`),
      ...args,
      '--kafka-brokers',
      brokers,
    ]);
  }

  async function doIt(program: Program, ...args: readonly string[]): Promise<string> {
    const { code, output } = await run(program, ...args);
    expect([code, code === 0 ? '' : output]).toEqual([0, '']);
    return output;
  }

  async function statusOf(program: Program, ...command: readonly string[]): Promise<Status> {
    return JSON.parse(await doIt(program, ...command, '--json')) as Status;
  }

  const rowsOf = async (program: Program): Promise<readonly MemberRow[]> =>
    (await statusOf(program, 'member-status')).members;

  /** Partitions of each group, by node. */
  const sharesOf = (rows: readonly MemberRow[], when: 'now' | 'after') =>
    Object.fromEntries(rows.map((row) => [row.node, row.shares.map((share) => share[when])]));

  async function ready(program: Program): Promise<void> {
    let last = '';
    await eventually(
      `${program} ringready`,
      async () => {
        const { code, output } = await run(program, 'ringready');
        last = output;
        return code === 0 && output.startsWith('TRUE');
      },
      60_000,
    ).catch(() => expect(last).toBe('TRUE'));
  }

  async function notReady(program: Program, reason: RegExp): Promise<void> {
    let last = '';
    await eventually(
      `${program} says ${reason.source}`,
      async () => {
        const { code, output } = await run(program, 'ringready');
        last = output;
        return code === 1 && output.startsWith('FALSE') && reason.test(output);
      },
      60_000,
    ).catch(() => expect(last).toMatch(reason));
  }

  const named = (process: ServiceProcess | undefined): string => process?.name ?? '';

  beforeAll(async () => {
    stack = await startStack({
      intervalSeconds: 5,
      lateSeconds: 60,
      graceSeconds: 10,
      takeoverSeconds: 12,
      partitions: 8,
      partialPartitions: 4,
      trackers: nodeCount,
      rollups: nodeCount,
      ingests: 1,
      membership: 'staged',
      streams,
    });
  }, 180_000);

  afterAll(async () => {
    stopping.abort();
    viewers?.kill();
    await viewers?.exited;
    await stack.stop();
    rmSync(folder, { recursive: true });
  }, 60_000);

  it('goes by what is committed, node by node, and loses nothing', async () => {
    await notReady('vba-admin', /nobody is in it/);
    expect((await run('vba-admin', 'cluster', 'join', 'nobody')).code).toBe(1);
    expect((await rowsOf('vba-admin')).map(({ standing }) => standing)).toEqual(
      Array(nodeCount + 1).fill('waiting'),
    );
    for (const { name } of stack.trackers) await doIt('vbt-admin', 'cluster', 'join', name);
    for (const { name } of [...stack.rollups, ...stack.ingests]) {
      await doIt('vba-admin', 'cluster', 'join', name);
    }
    await doIt('vbt-admin', 'cluster', 'commit');
    await doIt('vba-admin', 'cluster', 'commit');
    await ready('vbt-admin');
    await ready('vba-admin');
    // It asks each tracker once a second whether it takes viewers.
    await eventually('HAProxy has all trackers', async () => {
      const series = await readMetrics({ admin: stack.haproxy.metrics });
      const up = metricSum(series, 'haproxy_backend_active_servers{proxy="trackers"}');
      return up === nodeCount;
    });
    viewers = viewersProcess({
      streams: streams.map((key) => ({ key, renditions: [] })),
      viewers: viewerCount,
      sessionSeconds: 80_000,
      ws: stack.haproxy.ws,
      seed: 7,
      ledgerFile: join(folder, 'cluster.jsonl'),
      announceIntervalSeconds: 5,
      rampSeconds: 10,
      drainSeconds: 45,
      distFolder,
    });
    await eventually('the viewers have joined', () =>
      Promise.resolve((viewers?.status()?.connected ?? 0) >= 0.95 * viewerCount),
    );

    // One more of each comes, and has nothing before the commit.
    const third = await stack.addRollup();
    const tracker = await stack.addTracker();
    await doIt('vba-admin', 'cluster', 'join', third.name);
    await doIt('vbt-admin', 'cluster', 'join', tracker.name);
    const planned = await statusOf('vba-admin', 'cluster', 'plan');
    const before = sharesOf(planned.members, 'now');
    expect(before[third.name]).toEqual([0, 0, 0]);
    const newTracker = async (): Promise<MemberRow | undefined> =>
      (await rowsOf('vbt-admin')).find(({ node }) => node === tracker.name);
    expect(await newTracker()).toMatchObject({ standing: 'joining', state: 'waiting', viewers: 0 });
    const parts = stack.rollups.map(({ name }) => before[name]?.[0] ?? 0);
    expect(parts.reduce((sum, count) => sum + count, 0)).toBe(8);

    // Somebody else changes it meanwhile: a commit of what was seen is refused.
    await doIt('vba-admin', 'cluster', 'leave', named(stack.ingests[0]));
    const { code, output } = await run(
      'vba-admin',
      'cluster',
      'commit',
      '--revision',
      String(planned.revision),
    );
    expect([code, output]).toEqual([1, expect.stringContaining('somebody else has changed it')]);
    await doIt('vba-admin', 'cluster', 'clear');
    await doIt('vba-admin', 'cluster', 'join', third.name);
    const plan = await statusOf('vba-admin', 'cluster', 'plan');
    await doIt('vba-admin', 'cluster', 'commit', '--revision', String(plan.revision));
    await doIt('vbt-admin', 'cluster', 'commit');
    await ready('vba-admin');
    await ready('vbt-admin');
    expect(sharesOf(await rowsOf('vba-admin'), 'now')).toEqual(sharesOf(plan.members, 'after'));

    // A rollup dies, and another one takes its place.
    const dead = stack.rollups[1];
    dead?.kill('SIGKILL');
    await notReady('vba-admin', new RegExp(`${named(dead)} is dead: last seen \\d+ s ago`));
    const fourth = await stack.addRollup();
    await doIt('vba-admin', 'cluster', 'replace', named(dead), fourth.name);
    await doIt('vba-admin', 'cluster', 'commit');
    await ready('vba-admin');
    expect((await rowsOf('vba-admin')).map(({ node }) => node)).not.toContain(named(dead));

    // One with other settings is named, before it is in.
    const odd = await stack.addRollup('partials,totals', { graphite_prefix: 'other' });
    await notReady('vba-admin', new RegExp(`${odd.name} has other settings than most`));
    await odd.stop();
    await ready('vba-admin');

    // The only ingest leaves: nobody has what it had, until it is in again.
    const ingest = named(stack.ingests[0]);
    await doIt('vba-admin', 'cluster', 'leave', ingest);
    await doIt('vba-admin', 'cluster', 'commit');
    await notReady('vba-admin', /partition 0 of ingest has no owner/);
    await doIt('vba-admin', 'cluster', 'join', ingest);
    await doIt('vba-admin', 'cluster', 'commit');
    await ready('vba-admin');

    // A tracker leaves: its viewers go to the others, and it ends.
    const leaving = stack.trackers[0];
    await doIt('vbt-admin', 'cluster', 'leave', named(leaving));
    await doIt('vbt-admin', 'cluster', 'commit');
    expect(await leaving?.exited).toBe(0);
    await ready('vbt-admin');
    await eventually('the new tracker has viewers of the one that left', async () => {
      return ((await newTracker())?.viewers ?? 0) > 0;
    });

    await expectExact({ stack, viewers: [viewers], intervalMs, stopping: stopping.signal });
    const refused = readFileSync(viewers.ledgerFile, 'utf8')
      .split('\n')
      .filter((line) => line.startsWith('{"kind":"refused"'));
    expect(refused).toEqual([]);
  }, 600_000);
});
