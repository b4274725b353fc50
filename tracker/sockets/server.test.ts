import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { startTestTracker, type TestTracker } from '../testing/start-test-tracker.js';
import { TestViewer, until } from '../testing/test-viewer.js';

describe('the port of a tracker', () => {
  let tracker: TestTracker;
  beforeEach(async () => {
    tracker = await startTestTracker();
  });
  afterEach(async () => {
    expect(tracker.internalErrors).toEqual([]);
    await tracker.stop();
  });

  it('closes a socket that speaks no dialect of ours cleanly', async () => {
    const viewer = await TestViewer.connect(tracker.url, []);
    expect(await viewer.closed()).toBe(1002);
    expect(viewer.closeReason).toMatch(/unsupported/);
  });

  it('answers health by its readiness, and other requests with 404 or 426', async () => {
    const status = async (path: string): Promise<number> =>
      (await fetch(tracker.http + path)).status;
    expect(await status('/health')).toBe(200);
    tracker.isReady = false;
    expect(await status('/health')).toBe(503);
    expect(await status('/')).toBe(426);
    expect(await status('/metrics')).toBe(404);
  });

  it('sends viewers away at its end, takes no new ones, and closes with 1001', async () => {
    const viewer = await TestViewer.join(tracker.url, 'arena');
    tracker.server.stopAccepting();
    expect((await fetch(`${tracker.http}/health`)).status).toBe(503);
    const late = await TestViewer.connect(tracker.url);
    expect(late.upgradeStatus).toBe(503);
    await tracker.server.sendAway(10, () => 0.5);
    expect(await viewer.next('reconnect')).toEqual({ type: 'reconnect', afterMs: 5 });
    viewer.announce([{ number: 0, time: Date.now() }]);
    await viewer.next('peers');
    expect(await tracker.announces.flush(5_000)).toBe(true);
    await tracker.server.close();
    expect(await viewer.closed()).toBe(1001);
    expect(viewer.acknowledged).toEqual([0]);
  });
});

describe('the bounds of a port', () => {
  it('takes so many sockets over all and of one address', async () => {
    const tracker = await startTestTracker({ socketsMax: 3, socketsPerAddressMax: 2 });
    const from = (address: string): Promise<TestViewer> =>
      TestViewer.connect(tracker.url, 'viblast.v1', { headers: { 'x-forwarded-for': address } });
    const taken = [await from('198.51.100.1'), await from('198.51.100.1')];
    expect((await from('198.51.100.1')).upgradeStatus).toBe(429);
    taken.push(await from('198.51.100.2'));
    expect((await from('198.51.100.3')).upgradeStatus).toBe(503);
    for (const viewer of taken) viewer.end();
    await until(() => tracker.server.socketCount === 0, 'all are gone');
    const again = await from('198.51.100.1');
    expect(again.upgradeStatus).toBeUndefined();
    again.end();
    await tracker.stop();
  });
});
