import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { partitionOfStream } from '../../../kafka/index.js';
import { startStack, type ServiceProcess, type Stack } from '../../../lab/stack/index.js';
import { allStreams, groups } from '../../../schemas/index.js';
import { waitFor } from '../../integration/testing/portal-support.js';

const intervalMs = 5_000;
const partialPartitions = 2;
const toldWithinMs = 5_000;
const partitionOf = (stream: string): number => partitionOfStream(stream, partialPartitions);
const ofTotal = partitionOf(allStreams);
const keys = ['arena', 'studio', 'cinema', 'news', 'sport', 'radio'];
/** One in the partition that will be stopped, and one beside the figures over all streams. */
const stopped = keys.find((key) => partitionOf(key) !== ofTotal) ?? '';
const others = keys.find((key) => partitionOf(key) === ofTotal) ?? '';

interface Row {
  readonly key: string;
  readonly state: string;
  readonly viewers: number | null;
  readonly closedUntilMs: number | null;
}

interface Now {
  readonly state: string;
  readonly total: Omit<Row, 'key'>;
  readonly streams: readonly Row[];
}

interface System {
  readonly closed: readonly { readonly partition: number; readonly closedUntilMs: number | null }[];
  readonly lag: readonly { readonly group: string; readonly behindRecords: number }[];
  readonly rollups: readonly { readonly name: string; readonly owned: readonly string[] }[];
}

/** Stage 2 in processes of its own, one of which is stopped. */
describe('a totals partition that stands still', () => {
  let stack: Stack;
  let totals: ServiceProcess[];

  async function api<Answer>(path: string): Promise<Answer> {
    const { url = '', token = '' } = stack.portal ?? {};
    const headers = { authorization: `Bearer ${token}` };
    return (await (await fetch(`${url}/api/v1${path}`, { headers })).json()) as Answer;
  }

  async function rowsNow(): Promise<{ stopped: Row; others: Row; total: Now['total'] }> {
    const { streams, total } = await api<Now>('/now');
    const rowOf = (key: string): Row => {
      const row = streams.find((one) => one.key === key);
      if (row === undefined) throw new Error(`no row of ${key}`);
      return row;
    };
    return { stopped: rowOf(stopped), others: rowOf(others), total };
  }

  /** The process that owns a partition of Graphite's group. */
  async function ownerOf(partition: number): Promise<ServiceProcess> {
    const owned = `${groups.totals.graphite}/${partition}`;
    const name = await waitFor(async () => {
      const { rollups } = await api<System>('/system');
      return rollups.find((rollup) => rollup.owned.includes(owned))?.name;
    });
    const owner = totals.find((one) => one.name === name);
    if (owner === undefined) throw new Error(`${name} is not one of ours`);
    return owner;
  }

  beforeAll(async () => {
    stack = await startStack({
      intervalSeconds: intervalMs / 1_000,
      lateSeconds: 15,
      graceSeconds: 5,
      takeoverSeconds: 12,
      partitions: 2,
      partialPartitions,
      portal: true,
      streams: [stopped, others],
    });
    await stack.addRollup('partials');
    totals = [await stack.addRollup('totals'), await stack.addRollup('totals')];
  }, 180_000);

  afterAll(async () => {
    await stack.stop();
  }, 60_000);

  it('makes its streams unknown within five seconds, and no others', async () => {
    await waitFor(async () => {
      const rows = await rowsNow();
      const isKnown = rows.stopped.state === 'idle' && rows.others.state === 'idle';
      return isKnown ? true : undefined;
    });
    // Whoever came first had both partitions for a while.
    const owner = await waitFor(async () => {
      const [own, ofOthers] = [await ownerOf(partitionOf(stopped)), await ownerOf(ofTotal)];
      return own === ofOthers ? undefined : own;
    });
    owner.kill('SIGSTOP');
    const before = await rowsNow();
    await waitFor(async () => {
      const rows = await rowsNow();
      const isAhead = (rows.others.closedUntilMs ?? 0) > (rows.stopped.closedUntilMs ?? 0);
      return isAhead && rows.others.closedUntilMs !== before.others.closedUntilMs
        ? true
        : undefined;
    });
    const aheadAtMs = Date.now();
    const late = await waitFor(async () => {
      const rows = await rowsNow();
      return rows.stopped.state === 'late' ? rows : undefined;
    });
    expect(Date.now() - aheadAtMs).toBeLessThanOrEqual(toldWithinMs);
    expect(late).toMatchObject({
      stopped: { viewers: null },
      others: { state: 'idle', viewers: 0 },
      total: { state: 'idle', viewers: 0 },
    });
    const untilMs = late.others.closedUntilMs ?? 0;
    const range = `from=${untilMs - 2 * intervalMs}&until=${untilMs}`;
    const metricsOf = (key: string) =>
      api<{ state: string; series: { viewers: (number | null)[] } }>(
        `/streams/${key}/metrics?${range}`,
      );
    expect((await metricsOf(stopped)).series.viewers.at(-1)).toBeNull();
    expect(await metricsOf(others)).toMatchObject({ series: { viewers: [0, 0] } });

    owner.kill('SIGCONT');
    await waitFor(async () => {
      const rows = await rowsNow();
      return rows.stopped.state === 'idle' && rows.stopped.viewers === 0 ? true : undefined;
    });
    const whole = await waitFor(async () => {
      const { series } = await metricsOf(stopped);
      return series.viewers.includes(null) ? undefined : series;
    });
    expect(whole.viewers).toEqual([0, 0]);
  }, 180_000);

  it('is told by the system page, with how far each partition and group is', async () => {
    const system = await api<System>('/system');
    expect(system.closed.map(({ partition }) => partition)).toEqual([0, 1]);
    expect(system.closed.every(({ closedUntilMs }) => closedUntilMs !== null)).toBe(true);
    expect(system.lag.map(({ group }) => group)).toEqual(
      expect.arrayContaining([groups.partials, groups.totals.graphite, groups.ingest]),
    );
  });
});
