import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { compareUntilEqual, readLedgerFiles, type Comparison } from '../../lab/oracle/index.js';
import {
  viewersProcess,
  type ViewersOptions,
  type ViewersProcess,
} from '../../lab/viewers/index.js';
import { packageRoot } from '../../service/package-root.js';
import { groups } from '../../schemas/index.js';
import { ownedPartitions } from '../../lab/stack/owned-partitions.js';
import { startStack, type ServiceProcess, type Stack } from '../../lab/stack/index.js';
import { eventually } from './testing/ingest-support.js';
import { within } from './testing/within.js';

const intervalMs = 5_000;
const partitions = 8;
const partialPartitions = 4;
const times = { intervalSeconds: 5, lateSeconds: 60, graceSeconds: 10, takeoverSeconds: 12 };
const rescaled = ['rescale-1', 'rescale-2'].map((key) => ({ key, renditions: [] }));
const darkened = [{ key: 'outage-1', renditions: [] }];

async function owned(rollup: ServiceProcess): Promise<{ announces: number; partials: number }> {
  return {
    announces: await ownedPartitions(rollup, groups.partials),
    partials: await ownedPartitions(rollup, groups.totals.graphite),
  };
}

/** A stack of its own, since rollups come and go, and its broker is stopped. */
describe('a small cluster', () => {
  const folder = mkdtempSync(join(tmpdir(), 'rescale-'));
  const stopping = new AbortController();
  const started: ViewersProcess[] = [];
  let stack: Stack;

  const watch = (
    name: string,
    options: Pick<ViewersOptions, 'streams' | 'sessionSeconds' | 'viewers'>,
  ): ViewersProcess => {
    const viewers = viewersProcess({
      ...options,
      ws: stack.haproxy.ws,
      seed: 5,
      ledgerFile: join(folder, `${name}.jsonl`),
      announceIntervalSeconds: 1,
      rampSeconds: 1,
      drainSeconds: 45,
      distFolder: join(packageRoot(), 'dist'),
    });
    started.push(viewers);
    return viewers;
  };

  const compare = async (viewers: ViewersProcess, withTotal: boolean): Promise<Comparison> =>
    compareUntilEqual(
      {
        ledger: await readLedgerFiles([viewers.ledgerFile]),
        renditions: new Map(),
        intervalMs,
        clickHouse: stack.clickhouse,
        graphiteUrl: stack.graphite.render,
        graphitePrefix: 'viblast',
        withTotal,
        partialPartitions,
      },
      60_000,
      stopping.signal,
    );

  const joined = async (viewers: ViewersProcess, wanted: number): Promise<void> =>
    eventually('the viewers have joined', () =>
      Promise.resolve((viewers.status()?.connected ?? 0) >= wanted),
    );

  /** Resolves after the end of the current minute, in its middle. */
  const minutesPass = async (count: number): Promise<void> => {
    const untilMs = (Math.floor(Date.now() / intervalMs) + count + 0.5) * intervalMs;
    await eventually('minutes have passed', () => Promise.resolve(Date.now() >= untilMs));
  };

  beforeAll(async () => {
    stack = await startStack({
      ...times,
      partitions,
      partialPartitions,
      trackers: 2,
      rollups: 2,
      ingests: 1,
      streams: [...rescaled, ...darkened].map(({ key }) => key),
    });
  }, 180_000);

  afterAll(async () => {
    stopping.abort();
    for (const viewers of started) {
      viewers.kill();
      await viewers.exited;
    }
    await stack.stop();
    rmSync(folder, { recursive: true });
  }, 60_000);

  it('gives a third rollup its share within 10 s, takes it back when it goes, and no minute is wrong', async () => {
    const viewers = watch('rescale', { streams: rescaled, viewers: 30, sessionSeconds: 20 });
    await joined(viewers, 25);
    await minutesPass(1);
    const third = await stack.addRollup();
    const addedAtMs = Date.now();
    await eventually('the third has its share', async () => {
      const { announces, partials } = await owned(third);
      return announces >= 2 && announces <= 3 && partials >= 1;
    });
    expect(Date.now() - addedAtMs).toBeLessThan(within(10_000));
    await minutesPass(1);
    await third.stop();
    const stoppedAtMs = Date.now();
    await eventually('the others have all', async () => {
      const shares = await Promise.all(stack.rollups.slice(0, 2).map(owned));
      const sum = (topic: 'announces' | 'partials'): number =>
        shares.reduce((total, share) => total + share[topic], 0);
      return sum('announces') === partitions && sum('partials') === partialPartitions;
    });
    expect(Date.now() - stoppedAtMs).toBeLessThan(within(10_000));
    await minutesPass(1);
    await viewers.stop();
    const { differences, cells } = await compare(viewers, true);
    expect(differences.first).toEqual([]);
    expect(new Set(cells.map(({ minute }) => minute)).size).toBeGreaterThanOrEqual(3);
  }, 240_000);

  it('acknowledges nothing while its broker is stopped, and everything once it is back', async () => {
    // Nobody leaves, so that every announce can be answered.
    const viewers = watch('outage', { streams: darkened, viewers: 20, sessionSeconds: 80_000 });
    await joined(viewers, 20);
    await eventually('acknowledgements come', () =>
      Promise.resolve((viewers.status()?.acknowledged ?? 0) > 20),
    );
    const [broker] = stack.kafka.processes;
    if (broker === undefined) throw new Error('no broker');
    await broker.stop();
    const darkFromMs = Date.now();
    // A status is up to a second old, so some of these were sent before the broker stopped.
    const sentBefore = viewers.status()?.sent ?? 0;
    await eventually('many announces wait', () =>
      Promise.resolve((viewers.status()?.sent ?? 0) > sentBefore + 200),
    );
    const darkUntilMs = Date.now();
    await broker.start();
    await minutesPass(1);
    await viewers.stop();
    const ledger = await readLedgerFiles([viewers.ledgerFile]);
    const dark = [...ledger.announces.values()].filter(
      ({ firstSentAtMs: sentAtMs }) => sentAtMs > darkFromMs && sentAtMs < darkUntilMs,
    );
    expect(dark.length).toBeGreaterThan(100);
    const answeredAtMs = dark.map(({ acknowledgedAtMs = 0 }) => acknowledgedAtMs);
    expect(answeredAtMs.filter((atMs) => atMs < darkUntilMs)).toEqual([]);
    const totals = ledger.totals();
    expect(totals.sent).toBeGreaterThan(sentBefore + 100);
    expect(totals).toEqual({ ...totals, acknowledged: totals.sent, unknown: 0, refused: 0 });
    const { differences } = await compare(viewers, false);
    expect(differences.first).toEqual([]);
  }, 240_000);
});
