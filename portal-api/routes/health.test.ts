import { describe, expect, it } from '@jest/globals';
import { memberState } from '../../service/partition-watch.js';
import { AppError } from '../../service/errors.js';
import { get, portalWith } from '../testing/asked-portal.js';
import { testAccounts, tokenOf } from '../testing/test-accounts.js';
import { ago, minuteMs, series, testPortal } from '../testing/portal-server.js';

describe('GET /health', () => {
  it('is healthy while Graphite answers and figures are fresh', async () => {
    const portal = await portalWith('arena', 10);
    portal.render = () => Promise.resolve([series('viblast.total.viewers', { [ago(1)]: 8 })]);
    expect(JSON.parse((await get(portal, '/health')).text)).toMatchObject({
      isHealthy: true,
      figures: { state: 'current', lastMinuteAtMs: ago(1), behindMs: 10_000 },
      registry: { behindRecords: 0 },
    });
  });

  it('is healthy while nobody watches, as long as that is told', async () => {
    const portal = await portalWith('arena', 10);
    portal.render = () => Promise.resolve([series('viblast.total.viewers', { [ago(1)]: 0 })]);
    const asked = async () => JSON.parse((await get(portal, '/health')).text) as object;
    expect(await asked()).toMatchObject({ isHealthy: true, figures: { state: 'idle' } });
    portal.nowMs = ago(0) + 3 * minuteMs + 1;
    expect(await asked()).toMatchObject({ isHealthy: false, figures: { state: 'stale' } });
  });

  it('is not healthy when nothing was told for days, or never', async () => {
    const portal = await portalWith('arena', 10);
    const asked = async () => JSON.parse((await get(portal, '/health')).text) as object;
    expect(await asked()).toMatchObject({ isHealthy: false, figures: { state: 'no_data' } });
    portal.render = ({ fromMs }) =>
      Promise.resolve(
        fromMs < ago(4_000) ? [series('viblast.total.viewers', { [ago(4_000)]: 0 })] : [],
      );
    portal.nowMs += 10_000;
    expect(await asked()).toMatchObject({
      isHealthy: false,
      figures: { state: 'stale', lastMinuteAtMs: ago(4_000) },
    });
  });

  it('names the nodes whose partitions stand still', async () => {
    const portal = await portalWith('arena', 10);
    portal.render = () => Promise.resolve([series('viblast.total.viewers', { [ago(1)]: 8 })]);
    const member = {
      name: 'rollup-1',
      role: 'rollup',
      instance: 'i',
      address: '127.0.0.1:1',
      version: '1',
      settingsFingerprint: '',
      load: 0,
      state: memberState([{ partition: 'announces/3', standsMs: 70_000, reason: 'a mistake' }]),
      written: portal.nowMs,
      owned: ['announces/3'],
      viewers: 0,
      ringRevision: 0,
      groups: [],
    };
    portal.members = [{ member, seenAtMs: portal.nowMs }];
    expect(JSON.parse((await get(portal, '/health')).text)).toMatchObject({
      isHealthy: false,
      troubled: ['rollup-1 stands still: announces/3'],
    });
  });

  it('names the series that Graphite cannot read', async () => {
    const portal = await portalWith('arena', 10);
    portal.render = () => Promise.resolve([series('viblast.total.viewers', { [ago(1)]: 8 })]);
    portal.unreadable = ['viblast.streams.arena.viewers'];
    expect(JSON.parse((await get(portal, '/health')).text)).toMatchObject({
      isHealthy: false,
      graphite: { isReachable: true, unreadable: ['viblast.streams.arena.viewers'] },
    });
  });

  it('tells who sees some groups alone nothing of the inside', async () => {
    const portal = await testPortal();
    const { users, tokens, version } = await testAccounts(portal.nowMs + minuteMs);
    const ofGroup = tokens.map((one) => (one.role === 'admin' ? one : { ...one, groups: ['a'] }));
    portal.accounts = { version, users, tokens: ofGroup };
    portal.catalog.put({ key: 'arena', options: { groups: ['a'] } });
    portal.render = () => Promise.reject(new AppError('graphite_unavailable', 'at 10.0.0.9:8080'));
    const asked = (path: string) =>
      portal.app.inject({
        url: `/api/v1${path}`,
        headers: { authorization: `Bearer ${tokenOf('editor')}` },
      });
    expect((await asked('/health')).json()).toEqual({
      isHealthy: false,
      figures: { state: 'unknown', lastMinuteAtMs: null, behindMs: null },
    });
    expect((await asked('/groups/a/metrics')).json()).toMatchObject({
      code: 'graphite_unavailable',
      message: expect.not.stringContaining('10.0.0.9'),
    });
    const all = await get(portal, '/total/metrics');
    expect([all.status, all.text]).toEqual([502, expect.stringContaining('10.0.0.9')]);
  });

  it('says what is wrong with Graphite', async () => {
    const portal = await testPortal();
    portal.render = () => Promise.reject(new AppError('graphite_unavailable', 'it is away'));
    expect(JSON.parse((await get(portal, '/health')).text)).toMatchObject({
      isHealthy: false,
      graphite: { isReachable: false, detail: 'it is away' },
    });
  });
});
