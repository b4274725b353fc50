import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { compareUntilEqual, readLedgerFiles } from '../../lab/oracle/index.js';
import { viewersProcess } from '../../lab/viewers/index.js';
import { createStream } from '../../lab/demo/streams.js';
import { clusterDefaults, must } from '../../lab/stack/index.js';
import { imageTag } from '../../lab/stack/containers/images.js';
import { packageRoot } from '../../service/package-root.js';
import { eventually } from '../integration/testing/ingest-support.js';
import { extraServices, sharedStack, sharedTimes } from '../integration/testing/stack.js';

const minutes = 2;

/** Of `/proc/<pid>/status`. */
function statusOf(pid: number, field: string): string {
  const text = readFileSync(`/proc/${pid}/status`, 'utf8');
  return new RegExp(`^${field}:\\s+(.*)$`, 'm').exec(text)?.[1] ?? '';
}

/** The file system at `/`, as the process sees it. */
function rootOf(pid: number): { readonly kind: string; readonly options: readonly string[] } {
  const lines = readFileSync(`/proc/${pid}/mountinfo`, 'utf8').split('\n');
  const fields = lines.find((line) => line.split(' ')[4] === '/')?.split(' ') ?? [];
  return { kind: fields[fields.indexOf('-') + 1] ?? '', options: fields[5]?.split(',') ?? [] };
}

describe('the image of the services, built from deploy/Dockerfile', () => {
  const stack = sharedStack();

  it('runs each of them without rights, as nobody in particular, on a root that is read-only', async () => {
    const extra = extraServices();
    try {
      const portal = await extra.services.startPortal('a-token-for-this-test');
      const services = [...stack.trackers, ...stack.rollups, ...stack.ingests, portal];
      for (const { pid } of services) {
        expect(statusOf(pid, 'Uid')).toBe('1000\t1000\t1000\t1000');
        expect(statusOf(pid, 'CapBnd')).toBe('0000000000000000');
        expect(statusOf(pid, 'NoNewPrivs')).toBe('1');
        expect(rootOf(pid)).toMatchObject({
          kind: 'overlay',
          options: expect.arrayContaining(['ro']),
        });
      }
    } finally {
      await extra.close();
    }
  }, 120_000);

  it('counts what viewers sent, counter by counter, in ClickHouse and Graphite', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'shipped-image-'));
    const stream = {
      key: `image-${randomBytes(4).toString('hex')}`,
      title: '',
      renditions: ['720p'],
    };
    await createStream(stack.portal, stream);
    const viewers = viewersProcess({
      ws: stack.haproxy.ws,
      viewers: 20,
      streams: [stream],
      seed: 5,
      ledgerFile: join(folder, 'viewers.jsonl'),
      announceIntervalSeconds: 1,
      sessionSeconds: 20,
      rampSeconds: 1,
      distFolder: join(packageRoot(), 'dist'),
    });
    try {
      await eventually('the viewers are there', () =>
        Promise.resolve((viewers.status()?.connected ?? 0) >= 15),
      );
      await wait(minutes * sharedTimes.intervalMs);
      await viewers.stop();
      const ledger = await readLedgerFiles([viewers.ledgerFile]);
      const { differences, cells } = await compareUntilEqual(
        {
          ledger,
          renditions: new Map([[stream.key, stream.renditions]]),
          intervalMs: sharedTimes.intervalMs,
          clickHouse: stack.clickhouse,
          graphiteUrl: stack.graphite.render,
          graphitePrefix: 'viblast',
          withTotal: false,
          partialPartitions: clusterDefaults.partialPartitions,
        },
        60_000,
        AbortSignal.timeout(120_000),
      );
      expect(differences.first).toEqual([]);
      expect(ledger.totals()).toMatchObject({ refused: 0 });
      expect(ledger.totals().acknowledged).toBeGreaterThan(100);
      expect(new Set(cells.map(({ minute }) => minute)).size).toBeGreaterThanOrEqual(minutes);
    } finally {
      viewers.kill();
      await viewers.exited;
      rmSync(folder, { recursive: true });
    }
  }, 180_000);

  it('has Node 24 and the program, and nothing of lab, tests, sources or documents', async () => {
    const image = imageTag('backend');
    const inImage = (...command: readonly string[]): Promise<string> =>
      must('docker', ['run', '--rm', '--network=none', '--read-only', image, ...command]);
    expect(await inImage('node', '--version')).toMatch(/^v24\./);
    expect((await inImage('ls', '/app')).trim().split('\n')).toEqual([
      'clickhouse',
      'dist',
      'node_modules',
      'package.json',
      'schemas',
    ]);
    const program = (await inImage('ls', '/app/dist')).split('\n');
    expect(program).toEqual(expect.arrayContaining(['admin', 'portal-api', 'rollup', 'tracker']));
    expect(program).not.toEqual(expect.arrayContaining(['lab']));
    const testing = ['find', '/app/dist', '-name', 'testing', '-o', '-name', '*.test.*'];
    expect(await inImage(...testing)).toBe('');
    expect(await inImage('node', 'dist/admin/vba-admin.js', '--help')).toContain('ringready');
    const megabytes = Number.parseInt(await inImage('du', '-sm', '/app'), 10);
    const size = await must('docker', ['image', 'inspect', '--format={{.Size}}', image]);
    const sum = Math.round(Number(size) / 1_000_000);
    console.info(`${image}: ${megabytes} MB of program and packages, ${sum} MB with its base`);
    expect(megabytes).toBeLessThan(80);
  }, 60_000);
});
