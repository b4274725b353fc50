import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  compareMinutes,
  compareOnce,
  compareUntilEqual,
  readLedgerFiles,
  type CompareOptions,
} from '../../lab/oracle/index.js';
import { clusterDefaults } from '../../lab/stack/index.js';
import { viewersProcess, type ViewersProcess } from '../../lab/viewers/index.js';
import { packageRoot } from '../../service/package-root.js';
import { createStream } from '../../lab/demo/streams.js';
import { sharedStack, sharedTimes } from './testing/stack.js';
import { eventually } from './testing/ingest-support.js';

const name = randomBytes(4).toString('hex');
/**
 * Listed heights, none listed, and names of its own with what a metric's name can't have as it is.
 */
const streams: readonly {
  readonly key: string;
  readonly title: string;
  readonly renditions: readonly string[];
  readonly options: {
    readonly labels?: Readonly<Record<string, readonly string[]>>;
    readonly graphiteFacets?: readonly string[];
  };
}[] = [
  {
    key: `job.a-${name}`,
    title: '',
    renditions: ['360p', '800p', '1080p'],
    options: {
      labels: { plan: ['free', 'a plan that nobody lists'], show: ['x'] },
      graphiteFacets: ['system', 'label.plan'],
    },
  },
  { key: `job-b-${name}`, title: '', renditions: [], options: { graphiteFacets: ['player'] } },
  { key: `job-c-${name}`, title: '', renditions: ['sd', 'hd-1.5=720p'], options: {} },
];
const minutes = 3;

describe('the main job on the real stack', () => {
  const stack = sharedStack();
  const folder = mkdtempSync(join(tmpdir(), 'main-job-'));
  const stopping = new AbortController();
  let viewers: ViewersProcess;

  beforeAll(async () => {
    for (const stream of streams) await createStream(stack.portal, stream);
    viewers = viewersProcess({
      ws: stack.haproxy.ws,
      viewers: 40,
      streams,
      seed: 11,
      ledgerFile: join(folder, 'viewers.jsonl'),
      announceIntervalSeconds: 1.5,
      sessionSeconds: 12,
      rampSeconds: 2,
      distFolder: join(packageRoot(), 'dist'),
    });
  }, 60_000);

  afterAll(async () => {
    stopping.abort();
    viewers.kill();
    await viewers.exited;
    rmSync(folder, { recursive: true });
  });

  it('counts what viewers sent, once and in its minute, in ClickHouse, every view and Graphite alike', async () => {
    await eventually('viewers are there and see each other', () => {
      const status = viewers.status();
      return Promise.resolve((status?.connected ?? 0) > 30 && (status?.signalsReceived ?? 0) > 0);
    });
    const untilMs = Date.now() + minutes * sharedTimes.intervalMs;
    await eventually('some minutes have passed', () => Promise.resolve(Date.now() >= untilMs));
    await viewers.stop();
    const ledger = await readLedgerFiles([viewers.ledgerFile]);
    const options: CompareOptions = {
      ledger,
      renditions: new Map(streams.map(({ key, renditions }) => [key, renditions])),
      labels: new Map(streams.map(({ key, options: { labels = {} } }) => [key, labels])),
      graphiteFacets: new Map(
        streams.map(({ key, options: { graphiteFacets = [] } }) => [key, graphiteFacets]),
      ),
      intervalMs: sharedTimes.intervalMs,
      clickHouse: stack.clickhouse,
      graphiteUrl: stack.graphite.render,
      graphitePrefix: 'viblast',
      withTotal: false,
      partialPartitions: clusterDefaults.partialPartitions,
    };
    const { differences, cells, values } = await compareUntilEqual(
      options,
      60_000,
      stopping.signal,
    );
    expect(differences.first).toEqual([]);
    expect(ledger.totals().acknowledged).toBeGreaterThan(200);
    expect(ledger.totals().refused).toBe(ledger.rightlyLate(sharedTimes));
    expect(new Set(cells.map(({ minute }) => minute)).size).toBeGreaterThanOrEqual(minutes);
    expect(new Set(cells.map(({ stream }) => stream)).size).toBe(streams.length);
    expect(values).toBeGreaterThan(1_000);

    // The cells alone are found again, and one more viewer in one of them differs in both sinks.
    const keys = streams.map(({ key }) => key);
    expect((await compareMinutes(cells, keys, options)).first).toEqual([]);
    const altered = cells.map((cell, index) =>
      index === 0 ? { ...cell, viewers: cell.viewers + 1 } : cell,
    );
    const alteredIn = (await compareMinutes(altered, keys, options)).first;
    expect(new Set(alteredIn.map(({ where }) => where))).toEqual(
      new Set(['stream_minutes', 'Graphite']),
    );

    // One announce that is forgotten, and everything that it was counted in differs.
    const [forgotten] = ledger.announces.keys();
    ledger.announces.delete(forgotten ?? '');
    const wrong = await compareOnce(options);
    const places = new Set(wrong.differences.first.map(({ where }) => where));
    expect([...places]).toEqual(
      expect.arrayContaining([
        'announces',
        'announces_counted',
        'stream_minutes',
        'stream_minute_facets',
      ]),
    );
  }, 180_000);
});
