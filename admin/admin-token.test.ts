import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createMetrics, startAdminServer, type AdminServer } from '../service/admin-server.js';
import { Health } from '../service/health.js';
import { askTracker } from './drain-command.js';
import { askHealth } from './run/admin-port.js';
import { adminTokenOf } from './run/admin-token.js';
import { servicePaths } from './run/layout.js';

/** By which this host comes to itself as another one would. */
const ownAddress = Object.values(networkInterfaces())
  .flat()
  .find((one) => one !== undefined && !one.internal && one.family === 'IPv4')?.address;
const token = 'a-token-for-this-test';

describe('an admin port that listens beyond the loopback', () => {
  let folder = '';
  const asked: string[] = [];
  let server: AdminServer;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'admin-token-'));
    asked.length = 0;
    const health = new Health();
    health.addCheck('kafka', () => 'no broker answers');
    const drain = (method: string) => {
      asked.push(method);
      return { status: method === 'POST' ? 202 : 200, body: { node: 'n1', state: 'draining' } };
    };
    const routes = new Map([['/drain', drain]]);
    const host = ownAddress ?? '127.0.0.1';
    const metrics = createMetrics('tracker', 'n1');
    server = await startAdminServer(host, 0, metrics, health, routes, token);
  });
  afterEach(async () => {
    await server.close();
    rmSync(folder, { recursive: true });
  });

  it('drains a tracker for who has the token, and tells others what they lack', async () => {
    const ask = (method: string, shown: string, name = 'n1') =>
      askTracker({ name, address: server.address }, { method, token: shown, timeoutMs: 2_000 });
    expect(await ask('POST', token)).toBe('{"node":"n1","state":"draining"}');
    expect(await ask('GET', token)).toBe('{"node":"n1","state":"draining"}');
    if (ownAddress === undefined) return;
    for (const method of ['POST', 'DELETE', 'GET']) {
      await expect(ask(method, '')).rejects.toMatchObject({
        code: 'admin_refused',
        exitCode: 1,
        message: expect.stringContaining('admin_token'),
      });
    }
    expect(asked).toEqual(['GET', 'POST', 'GET']);
  });

  it('drains no other tracker that this host has at the same address', async () => {
    const ask = askTracker(
      { name: 'n2', address: server.address },
      { method: 'POST', token, timeoutMs: 2_000 },
    );
    await expect(ask).rejects.toMatchObject({
      exitCode: 1,
      message: expect.stringMatching(/^n2 tells .* finds the tracker n1: run this on its own host/),
    });
    expect(asked).toEqual(['GET']);
  });

  it('says why a service is not ready to vbt, which has the token of its settings', async () => {
    writeFileSync(join(folder, 'token'), `${token}\n`);
    const settings = { admin_token_file: join(folder, 'token'), sockets_max: 7, unknown: 'x' };
    writeFileSync(join(folder, 'tracker.json'), JSON.stringify(settings));
    const paths = servicePaths('tracker', {
      program: '/p',
      root: '/r',
      configPath: folder,
      hasSettings: () => true,
    });
    expect(await askHealth(server.address, adminTokenOf(paths))).toEqual({
      kind: 'not-ready',
      reasons: 'kafka: no broker answers',
    });
    if (ownAddress === undefined) return;
    expect(await askHealth(server.address, '')).toEqual({
      kind: 'not-ready',
      reasons: 'it says why to admin_token alone',
    });
  });
});
