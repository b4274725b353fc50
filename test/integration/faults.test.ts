import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  compareUntilEqual,
  graphitePrefix,
  LedgerTail,
  MinuteProbe,
  readLedgerFiles,
} from '../../lab/oracle/index.js';
import { viewersProcess, type ViewersProcess } from '../../lab/viewers/index.js';
import { strike } from '../../lab/faults/strikes.js';
import { packageRoot } from '../../service/package-root.js';
import {
  findCommand,
  startStack,
  type ServiceProcess,
  type Stack,
  type StackProcess,
} from '../../lab/stack/index.js';
import { eventually } from './testing/ingest-support.js';

const intervalMs = 5_000;
const times = { intervalSeconds: 5, lateSeconds: 60, graceSeconds: 10, takeoverSeconds: 12 };
const streams = ['faults-1', 'faults-2'];
const viewersWanted = 40;
const writtenWithinMs = 60_000;
const hasPrometheus = findCommand('prometheus') !== undefined;
if (!hasPrometheus) console.warn('prometheus is missing: the alerts are not seen to fire');

/** The short set of `npm run test:faults`, on a stack of its own. */
describe('a system under load', () => {
  const folder = mkdtempSync(join(tmpdir(), 'faults-'));
  const stopping = new AbortController();
  const pausing = {
    say: () => undefined,
    wait: (durationMs: number) => wait(durationMs, undefined, { signal: stopping.signal }),
  };
  let stack: Stack;
  let partials: ServiceProcess;
  let totals: ServiceProcess;
  let viewers: ViewersProcess;

  beforeAll(async () => {
    stack = await startStack({
      ...times,
      partitions: 4,
      partialPartitions: 2,
      trackers: 2,
      ingests: 1,
      streams,
    });
    [partials, totals] = await Promise.all([
      stack.addRollup('partials'),
      stack.addRollup('totals'),
      stack.addRollup(),
    ]);
    viewers = viewersProcess({
      ws: stack.haproxy.ws,
      viewers: viewersWanted,
      streams: streams.map((key) => ({ key, renditions: [] })),
      seed: 3,
      ledgerFile: join(folder, 'viewers.jsonl'),
      announceIntervalSeconds: 0.5,
      sessionSeconds: 60,
      rampSeconds: 1,
      drainSeconds: 45,
      distFolder: join(packageRoot(), 'dist'),
    });
  }, 180_000);

  afterAll(async () => {
    stopping.abort();
    viewers.kill();
    await viewers.exited;
    await stack.stop();
    rmSync(folder, { recursive: true });
  }, 60_000);

  it('counts every announce once though trackers, rollups and carbon are killed in mid-minute', async () => {
    const tail = new LedgerTail(viewers.ledgerFile, intervalMs);
    const probe = new MinuteProbe(stack, tail, streams, intervalMs, stopping.signal, pausing.say);
    /** Resolves when the minute that is running now is in both sinks, whole. */
    const thisMinuteIsWritten = async (): Promise<void> => {
      const minute = Math.floor(Date.now() / intervalMs);
      const writtenAtMs = await probe.untilWritten(minute, Date.now() + writtenWithinMs);
      expect(writtenAtMs).toBeDefined();
    };
    /**
     * Kills all of these at once, while a minute is running, and waits until that minute is
     * written.
     */
    const survives = async (targets: readonly StackProcess[]): Promise<void> => {
      const before = targets.map(({ pid }) => pid);
      const written = thisMinuteIsWritten();
      await strike(targets, 'kill', pausing);
      expect(targets.map(({ pid }) => pid)).not.toEqual(before);
      await written;
    };

    await eventually('the viewers have joined', () =>
      Promise.resolve((viewers.status()?.connected ?? 0) >= 0.9 * viewersWanted),
    );
    await thisMinuteIsWritten();
    await survives([...stack.trackers.slice(0, 1), stack.graphite.carbon]);
    await survives([partials, totals]);
    await viewers.stop();

    const ledger = await readLedgerFiles([viewers.ledgerFile]);
    const { differences, cells } = await compareUntilEqual(
      {
        ledger,
        renditions: new Map(),
        intervalMs,
        clickHouse: stack.clickhouse,
        graphiteUrl: stack.graphite.render,
        graphitePrefix,
        withTotal: true,
        partialPartitions: 2,
      },
      60_000,
      stopping.signal,
    );
    expect(differences.first).toEqual([]);
    expect(ledger.totals().acknowledged).toBeGreaterThan(1_000);
    expect(viewers.status()?.reconnects).toBeGreaterThan(0);
    expect(new Set(cells.map(({ minute }) => minute)).size).toBeGreaterThanOrEqual(4);
  }, 240_000);

  if (!hasPrometheus) return;
  it('raises its alerts within three minutes when all rollups are killed', async () => {
    const alerts = ['FiguresStand', 'NoPartials', 'NoTotals'];
    const prometheus = await stack.addPrometheus();
    const firing = async (): Promise<readonly string[]> =>
      (await prometheus.firing()).filter((name) => alerts.includes(name));
    const told = 'viblast_rollup_told_until_seconds{sink="graphite"}';
    await eventually('the figures are told', () => prometheus.holds(told));
    await eventually('no alert fires', async () => (await firing()).length === 0);
    for (const rollup of stack.rollups) rollup.kill('SIGKILL');
    const doFire = async (): Promise<boolean> => (await firing()).join() === alerts.join();
    await eventually('the alerts fire', doFire, 180_000);
  }, 300_000);
});
