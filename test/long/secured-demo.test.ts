import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { runCommand } from '../../lab/stack/install/run-command.js';
import { packageRoot } from '../../service/package-root.js';

describe('the demo over a Kafka with TLS and logins', () => {
  it('has equal figures in viewers’ records, ClickHouse and Graphite', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'secured-demo-'));
    const program = join(packageRoot(), 'dist', 'lab', 'demo', 'main.js');
    const length = '--interval-seconds 5 --minutes 2 --viewers 30 --exit'.split(' ');
    const { code, output } = await runCommand(process.execPath, [
      program,
      '--secure',
      '--folder',
      folder,
      ...length,
    ]);
    expect([code, code === 0 ? '' : output]).toEqual([0, '']);
    const log = (name: string): string => readFileSync(join(folder, 'logs', `${name}.log`), 'utf8');
    // No service came in another way.
    for (const name of ['tracker-1', 'tracker-2', 'rollup-1', 'rollup-2', 'ingest-1', 'portal-1']) {
      expect(log(name)).toContain('"kafka_tls":"on"');
      expect(log(name)).toContain('"kafka_sasl_password":"***"');
    }
    await rm(folder, { recursive: true });
  }, 360_000);
});
