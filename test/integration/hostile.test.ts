import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { attacks } from '../../lab/hostile/catalogue.js';
import { attacksWithin } from '../../lab/hostile/options.js';
import { checksOf } from '../../lab/hostile/result.js';
import { besiege } from '../../lab/hostile/siege.js';
import { clusterDefaults, type TrackerProcess } from '../../lab/stack/index.js';
import { extraServices, sharedStack, sharedTimes } from './testing/stack.js';

const seconds = 20;

/** The short run of `npm run test:hostile`, on the shared stack with trackers of its own. */
describe('a hostile viewer', () => {
  const stack = sharedStack();
  const extra = extraServices();
  const folder = mkdtempSync(join(tmpdir(), 'hostile-'));
  const stopping = new AbortController();
  let trackers: readonly TrackerProcess[];

  beforeAll(async () => {
    const started = await Promise.all(
      [1, 2].map(() => extra.services.startTracker({ hasDefaultBounds: true })),
    );
    trackers = started.map(({ process }) => process);
  }, 60_000);

  afterAll(async () => {
    stopping.abort();
    await extra.close();
    rmSync(folder, { recursive: true });
  }, 30_000);

  it('costs no other stream anything, is held to its bounds, and is named by metrics', async () => {
    const chosen = attacksWithin(attacks, seconds);
    const named = (what: string) => (service: { readonly admin: string }, index: number) => ({
      name: `${what}-${index + 1}`,
      admin: service.admin,
    });
    const name = `siege-${process.pid}`;
    const siege = await besiege(
      {
        ...stack,
        ws: trackers[0]?.ws ?? '',
        hostileWs: trackers.map(({ ws }) => ws),
        trackers,
        rollups: stack.rollups.map(named('rollup')),
        ingests: stack.ingests.map(named('ingest')),
        folder,
        times: { ...sharedTimes, takeoverMs: 10_000 },
        partitions: clusterDefaults.partitions,
        isAlone: false,
      },
      {
        streams: {
          ordinary: [`${name}-ordinary-1`, `${name}-ordinary-2`],
          hostile: `${name}-hostile`,
          locked: `${name}-locked`,
        },
        attacks: chosen,
        durationMs: seconds * 1_000,
        viewers: 40,
        victims: 6,
        say: () => undefined,
        signal: stopping.signal,
      },
    );
    const checks = checksOf(siege, chosen, {
      // Other suites have the machine too: what comes in time, the long run shows.
      delayMsMax: 60_000,
      logTimeLagSecondsMax: 60,
      lateShareMax: 0.2,
      welcomeMsMax: 60_000,
      // Trackers that have just started are not warm yet.
      memoryGrowthMax: 1.5,
      memoryGrowthBytesMax: 128 * 2 ** 20,
    });
    expect(checks.filter(({ holds }) => !holds)).toEqual([]);
    expect(siege.comparison.differences.first).toEqual([]);
  }, 420_000);
});
