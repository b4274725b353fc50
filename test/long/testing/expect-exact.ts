import { join } from 'node:path';
import { expect } from '@jest/globals';
import { compareUntilEqual, readLedgerFiles } from '../../../lab/oracle/index.js';
import { compiledTree, runCommand, type Stack } from '../../../lab/stack/index.js';
import type { ViewersProcess } from '../../../lab/viewers/index.js';
import { eventually } from '../../integration/testing/ingest-support.js';

export interface Judged {
  readonly stack: Stack;
  /** Still watching. */
  readonly viewers: readonly ViewersProcess[];
  readonly intervalMs: number;
  readonly stopping: AbortSignal;
  /** Attempts to connect that may have failed, and were made again. Default: none. */
  readonly failedConnectionsMax?: number;
}

/** What becomes of a signal to a peer that has just gone or has enough of them: an ordinary day. */
const aboutPeers: ReadonlySet<string> = new Set([
  'unknown_peer',
  'no_offer',
  'too_many_offers',
  'peer_busy',
]);

/**
 * Ends the viewers. All that they said was taken, it stands in ClickHouse and Graphite and nothing
 * else does, `vba-admin verify` finds nothing in any minute, and none of them got an error.
 */
export async function expectExact(judged: Judged): Promise<void> {
  const { stack, viewers, intervalMs, stopping, failedConnectionsMax = 0 } = judged;
  const errors = viewers.flatMap((one) => Object.entries(one.status()?.errors ?? {}));
  const details = viewers.flatMap((one) => one.status()?.firstDetails ?? []);
  await Promise.all(viewers.map((one) => one.stop()));
  const ledger = await readLedgerFiles(viewers.map(({ ledgerFile }) => ledgerFile));
  const totals = ledger.totals();
  expect(totals).toEqual({ ...totals, acknowledged: totals.sent, unknown: 0, refused: 0 });
  const { differences } = await compareUntilEqual(
    {
      ledger,
      renditions: new Map(),
      intervalMs,
      clickHouse: stack.clickhouse,
      graphiteUrl: stack.graphite.render,
      graphitePrefix: 'viblast',
      withTotal: true,
    },
    60_000,
    stopping,
  );
  expect(differences.first).toEqual([]);
  await expectVerified(stack, Math.floor(Date.now() / intervalMs));
  const told = errors.filter(([code]) => code !== 'connection' && !aboutPeers.has(code));
  expect(told).toEqual([]);
  const failed = errors.filter(([code]) => code === 'connection');
  const failedCount = failed.reduce((sum, [, count]) => sum + count, 0);
  const isFew = failedCount <= failedConnectionsMax;
  expect({ isFew, failures: isFew ? [] : details }).toEqual({ isFew: true, failures: [] });
}

/** All minutes up to this one, once they are final. */
async function expectVerified(stack: Stack, lastMinute: number): Promise<void> {
  const command = [join(compiledTree(), 'admin', 'vba-admin.js'), 'verify', '--json'];
  command.push('--kafka-brokers', stack.kafka.brokers.join(','));
  command.push('--clickhouse-url', stack.clickhouse.url);
  command.push('--clickhouse-database', stack.clickhouse.database);
  command.push('--graphite-url', stack.graphite.render);
  let last = '';
  await eventually(
    'verify finds nothing in all minutes',
    async () => {
      const { code, output } = await runCommand(process.execPath, command);
      last = output;
      const line = output.split('\n').find((text) => text.startsWith('{')) ?? '{"to":0}';
      return code === 0 && (JSON.parse(line) as { readonly to: number }).to >= lastMinute;
    },
    180_000,
  ).catch(() => expect(last).toBe(`equal up to minute ${lastMinute}`));
}
