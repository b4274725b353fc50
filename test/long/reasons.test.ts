import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startStack, type Stack } from '../../lab/stack/index.js';
import { viewersProcess, type ViewersProcess } from '../../lab/viewers/index.js';
import { packageRoot } from '../../service/package-root.js';
import { eventually } from '../integration/testing/ingest-support.js';
import { openDatabase, rowsOf } from '../integration/testing/views-support.js';

const viewersEach = 56;
/** Each in a process and on a stream of its own. */
const viewersAlone = 20;
const minutes = 5;
const intervalSeconds = 10;

/** What is arranged for some viewers each, and the reason that explains what it costs. */
const cases = [
  { name: 'usual', condition: 'usual', reason: 'connected' },
  { name: 'alone', condition: 'usual', reason: 'alone' },
  { name: 'tenth', condition: 'tenth', reason: 'unconnected' },
  { name: 'slow', condition: 'slow', reason: 'connected' },
  { name: 'policy', condition: 'policy', reason: 'policy' },
  { name: 'blocked', condition: 'blocked', reason: 'unconnected' },
] as const;

/** The streams of a case: one, or one for each viewer. */
function streamsOf(name: string): string[] {
  return name === 'alone'
    ? Array.from({ length: viewersAlone }, (_, index) => `alone-${index}`)
    : [`${name}-0`];
}

describe('why bytes come from the CDN', () => {
  const stopping = new AbortController();
  let stack: Stack;
  const viewers: ViewersProcess[] = [];
  /** Of all bytes fetched in a case the share that came from the CDN, by reason and in all. */
  const shares = new Map<string, Readonly<Record<string, number>>>();

  beforeAll(async () => {
    stack = await startStack({
      signal: stopping.signal,
      trackers: 2,
      rollups: 1,
      ingests: 1,
      intervalSeconds,
      lateSeconds: 30,
      graceSeconds: 10,
      streams: cases.flatMap(({ name }) => streamsOf(name)),
    });
  }, 300_000);

  afterAll(async () => {
    stopping.abort();
    await Promise.all(viewers.map((one) => (one.kill(), one.exited)));
    await stack.stop();
  }, 60_000);

  it('is told of three hundred viewers, for whom one thing each is arranged', async () => {
    for (const { name, condition } of cases) {
      for (const [index, key] of streamsOf(name).entries()) {
        viewers.push(
          viewersProcess({
            ws: stack.haproxy.ws,
            viewers: name === 'alone' ? 1 : viewersEach,
            streams: [{ key, renditions: [] }],
            seed: index + 1,
            ledgerFile: join(stack.folder, `${key}.jsonl`),
            announceIntervalSeconds: 2,
            sessionSeconds: 600,
            condition,
            distFolder: join(packageRoot(), 'dist'),
          }),
        );
      }
    }
    const startMs = Date.now();
    await eventually(
      'some minutes have passed',
      () => Promise.resolve(Date.now() - startMs > minutes * intervalSeconds * 1_000),
      300_000,
    );
    await Promise.all(viewers.map((one) => one.stop()));
    const clickhouse = openDatabase(stack.clickhouse.url, stack.clickhouse.database);
    const rows = await rowsOf(
      clickhouse,
      `SELECT splitByChar('-', stream)[1] AS name, sum(cdn_bytes + peer_bytes + seeder_bytes) AS bytes,
         sum(cdn_bytes) / bytes AS all, sum(cdn_alone_bytes) / bytes AS alone,
         sum(cdn_policy_bytes) / bytes AS policy, sum(cdn_starting_bytes) / bytes AS starting,
         sum(cdn_unconnected_bytes) / bytes AS unconnected,
         sum(cdn_connected_bytes) / bytes AS connected
       FROM offload_explained GROUP BY name`,
    );
    await clickhouse.close();
    for (const { name, ...share } of rows) {
      shares.set(String(name), share as Readonly<Record<string, number>>);
    }
    expect([...shares.keys()].sort()).toEqual(cases.map(({ name }) => name).sort());
  }, 400_000);

  it.each(cases.filter(({ name }) => name !== 'usual'))(
    'is $reason for nine tenths of what $name adds',
    ({ name, reason }) => {
      const usual = shares.get('usual') ?? {};
      const here = shares.get(name) ?? {};
      const added = (of: string): number => (here[of] ?? 0) - (usual[of] ?? 0);
      expect(added('all')).toBeGreaterThan(0.03);
      expect(added(reason) / added('all')).toBeGreaterThanOrEqual(0.9);
    },
  );

  it('is one of these for every byte', () => {
    for (const { all = 0, alone = 0, policy = 0, starting = 0, ...share } of shares.values()) {
      const { unconnected = 0, connected = 0 } = share;
      expect(alone + policy + starting + unconnected + connected).toBeCloseTo(all, 9);
    }
  });
});
