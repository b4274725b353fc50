import { networkInterfaces } from 'node:os';
import { afterEach, describe, expect, it } from '@jest/globals';
import {
  createMetrics,
  startAdminServer,
  type AdminRoute,
  type AdminServer,
} from './admin-server.js';
import { Health } from './health.js';
import { tellHealth } from './tell-health.js';

/** By which this host comes to itself as another one would; undefined where it has none. */
const ownAddress = Object.values(networkInterfaces())
  .flat()
  .find((one) => one !== undefined && !one.internal && one.family === 'IPv4')?.address;

describe('the admin server', () => {
  let server: AdminServer | undefined;
  afterEach(async () => {
    await server?.close();
    server = undefined;
  });

  async function start(health = new Health()): Promise<string> {
    server = await startAdminServer('127.0.0.1', 0, createMetrics('tracker', 'n1'), health);
    return `http://${server.address}`;
  }

  it('says that the process runs', async () => {
    const response = await fetch(`${await start()}/healthz`);
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({ status: 'ok' });
  });

  it('is ready when no check has a reason against it, and gives the reasons otherwise', async () => {
    const health = new Health();
    let reason: string | undefined = 'no broker answers';
    health.addCheck('kafka', () => reason);
    health.addCheck('clock', () => undefined);
    const url = await start(health);
    const before = await fetch(`${url}/readyz`);
    expect(before.status).toBe(503);
    expect(await before.json()).toEqual({ ready: false, reasons: { kafka: 'no broker answers' } });
    reason = undefined;
    const after = await fetch(`${url}/readyz?verbose`);
    expect(after.status).toBe(200);
    expect(await after.json()).toEqual({ ready: true, reasons: {} });
  });

  it('shows metrics with the service and the node', async () => {
    const response = await fetch(`${await start()}/metrics`);
    expect(response.headers.get('content-type')).toContain('text/plain');
    expect(await response.text()).toMatch(
      /process_cpu_user_seconds_total\{service="tracker",node="n1"\}/,
    );
  });

  it('shows in the metrics which check has a reason against it, and which has none', async () => {
    const health = new Health();
    let reason: string | undefined = 'no broker answers';
    health.addCheck('kafka', () => reason);
    health.addCheck('clock', () => undefined);
    const metrics = createMetrics('tracker', 'n1');
    tellHealth(metrics, health);
    server = await startAdminServer('127.0.0.1', 0, metrics, health);
    const address = server.address;
    const problems = async (): Promise<readonly string[]> => {
      const text = await (await fetch(`http://${address}/metrics`)).text();
      return [...text.matchAll(/^viblast_problem\{check="(\w+)".*\} (\d)$/gm)].map(
        ([, check, value]) => `${check} ${value}`,
      );
    };
    expect(await problems()).toEqual(['kafka 1', 'clock 0']);
    reason = undefined;
    expect(await problems()).toEqual(['kafka 0', 'clock 0']);
  });

  it('knows no other path and no other method', async () => {
    const url = await start();
    expect((await fetch(`${url}/other`)).status).toBe(404);
    expect((await fetch(`${url}/healthz`, { method: 'POST' })).status).toBe(405);
  });

  it("answers a service's own paths, and lets nobody else's page change anything", async () => {
    const asked: string[] = [];
    const route: AdminRoute = (method) => {
      asked.push(method);
      return { status: method === 'POST' ? 202 : 200, body: { state: 'none' } };
    };
    const metrics = createMetrics('tracker', 'n1');
    server = await startAdminServer('::', 0, metrics, new Health(), new Map([['/drain', route]]));
    const port = server.address.split(':').at(-1) ?? '';
    const ask = async (method: string, headers = {}): Promise<number> =>
      (await fetch(`http://127.0.0.1:${port}/drain`, { method, headers })).status;
    expect(await (await fetch(`http://127.0.0.1:${port}/drain`)).json()).toEqual({ state: 'none' });
    expect(await ask('POST')).toBe(202);
    expect(await ask('POST', { origin: 'https://evil.example' })).toBe(403);
    expect(await ask('DELETE', { origin: 'null' })).toBe(403);
    if (ownAddress !== undefined) {
      const elsewhere = `http://${ownAddress}:${port}/drain`;
      expect((await fetch(elsewhere, { method: 'POST' })).status).toBe(403);
      expect((await fetch(elsewhere)).status).toBe(200);
    }
    expect(asked.filter((method) => method !== 'GET')).toEqual(['POST']);
  });

  it('with a token tells others only whether it runs and is ready, and the rest with it', async () => {
    const health = new Health();
    health.addCheck('kafka', () => 'no broker answers');
    const token = 'a-token-for-this-test';
    const route: AdminRoute = () => ({ status: 200, body: {} });
    const metrics = createMetrics('tracker', 'n1');
    server = await startAdminServer('::', 0, metrics, health, new Map([['/drain', route]]), token);
    const port = server.address.split(':').at(-1) ?? '';
    const ask = (host: string, path: string, authorization?: string): Promise<Response> =>
      fetch(`http://${host}:${port}${path}`, {
        headers: authorization === undefined ? {} : { authorization },
      });
    expect((await ask('127.0.0.1', '/metrics')).status).toBe(200);
    if (ownAddress === undefined) return;
    for (const path of ['/metrics', '/drain', '/other']) {
      const refused = await ask(ownAddress, path);
      expect([path, refused.status]).toEqual([path, 401]);
      expect(refused.headers.get('www-authenticate')).toBe('Bearer');
      for (const wrong of ['Bearer', 'Bearer wrong', token, `Basic ${token}`]) {
        expect((await ask(ownAddress, path, wrong)).status).toBe(401);
      }
    }
    expect((await ask(ownAddress, '/metrics', `Bearer ${token}`)).status).toBe(200);
    const change = async (headers: Record<string, string>): Promise<number> =>
      (await fetch(`http://${ownAddress}:${port}/drain`, { method: 'POST', headers })).status;
    const authorization = `Bearer ${token}`;
    expect(await change({})).toBe(403);
    expect(await change({ authorization: 'Bearer wrong' })).toBe(403);
    expect(await change({ authorization, origin: 'https://evil.example' })).toBe(403);
    expect(await change({ authorization })).toBe(200);
    expect((await ask(ownAddress, '/healthz')).status).toBe(200);
    expect(await (await ask(ownAddress, '/readyz')).json()).toEqual({ ready: false });
    const told = await ask(ownAddress, '/readyz', `Bearer ${token}`);
    expect(await told.json()).toMatchObject({ reasons: { kafka: 'no broker answers' } });
  });

  it('refuses to start on a port that is taken', async () => {
    const port = Number(new URL(await start()).port);
    await expect(
      startAdminServer('127.0.0.1', port, createMetrics('tracker', 'n2'), new Health()),
    ).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });
});
