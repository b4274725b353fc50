import { mkdtempSync, rmSync } from 'node:fs';
import type { Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { packageRoot } from '../../service/package-root.js';
import { runCommand, schemathesis, setUpCluster } from '../../lab/stack/index.js';
import { Supervisor } from '../../lab/stack/process/supervisor.js';
import { startKafka } from '../../lab/stack/servers/kafka.js';
import { Services } from '../../lab/stack/services.js';
import { manyAddresses } from './testing/many-addresses.js';
import { sharedStack } from './testing/stack.js';

const token = 'a-token-for-the-openapi-test';
/** Cases that it makes up of each operation, beside those that follow from the document. */
const examplesMax = 2;
const config = join(packageRoot(), 'test', 'integration', 'testing', 'schemathesis.toml');

/** A Kafka of its own: what is created, changed and deleted at random is nobody else's stream. */
describe("the portal's OpenAPI document", () => {
  const supervisor = new Supervisor();
  const folder = mkdtempSync(join(tmpdir(), 'schemathesis-'));
  let server: Server;
  let url = '';
  let program = '';

  beforeAll(async () => {
    program = await schemathesis((line) => console.error(line));
    const kafka = await startKafka(supervisor, 1);
    await setUpCluster(kafka.brokers, { intervalSeconds: 5 });
    const services = new Services(supervisor, { ...sharedStack(), kafka }, '-openapi');
    const portal = await services.startPortal(token, {
      portal_requests_per_minute: 1_000_000,
      portal_trusted_proxies: '127.0.0.1',
    });
    ({ url, server } = await manyAddresses(portal.url));
  }, 120_000);

  afterAll(async () => {
    server.close();
    await supervisor.close();
    rmSync(folder, { recursive: true });
  }, 60_000);

  it('is what the portal does, of all that schemathesis tries', async () => {
    const options = { cwd: folder, environment: { HYPOTHESIS_STORAGE_DIRECTORY: folder } };
    const args = ['--config-file', config, 'run', `${url}/api/v1/openapi.json`];
    args.push('--header', `Authorization: Bearer ${token}`);
    // One worker: two threads of Python 3.11 disturb each other (python/cpython#106905).
    args.push('--max-examples', String(examplesMax), '--workers', '1');
    const { code, output } = await runCommand(program, args, options);
    expect(code === 0 ? '' : output).toBe('');
    const [, selected, tested] = /Selected: \d+\/(\d+)\s+Tested: (\d+)/.exec(output) ?? [];
    const [, cases] = /(\d+) generated/.exec(output) ?? [];
    expect(Number(cases)).toBeGreaterThan(500);
    expect(tested).toBe(selected);
    expect(Number(tested)).toBeGreaterThan(20);
  }, 600_000);
});
