import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { silentLogger } from '../../service/testing/silent-logger.js';
import { startTestTracker, type TestTracker } from '../testing/start-test-tracker.js';
import { TestViewer, until } from '../testing/test-viewer.js';
import { drainRoute } from './drain-route.js';
import { Drain, type DrainParts } from './drain.js';

describe('a drain', () => {
  let tracker: TestTracker;
  let steps: string[];
  let viewers: TestViewer[];

  beforeEach(async () => {
    tracker = await startTestTracker();
    steps = [];
    viewers = [];
    for (let count = 0; count < 6; count += 1) {
      viewers.push(await TestViewer.join(tracker.url, 'arena'));
    }
  });
  afterEach(async () => {
    for (const viewer of viewers) viewer.end();
    await tracker.stop();
  });

  function drainOf(changes: Partial<DrainParts> = {}, spreadMs = 300): Drain {
    return new Drain({
      times: { spreadMs: (count) => count * (spreadMs / 6), flushMs: 5_000 },
      random: () => 0.5,
      logger: silentLogger,
      server: tracker.server,
      metrics: tracker.parts.metrics,
      noticed: () => {
        steps.push('noticed');
        return Promise.resolve();
      },
      tellOthers: (isLeaving) => {
        steps.push(isLeaving ? 'tell others' : 'tell others again');
      },
      writeOut: async (deadlineMs) => {
        steps.push('write out');
        expect(await tracker.announces.flush(deadlineMs)).toBe(true);
      },
      ...changes,
    });
  }

  const told = (): number => viewers.filter((viewer) => viewer.of('reconnect').length > 0).length;

  /** What a viewer does when it is told. */
  async function leaveWhenTold(viewer: TestViewer): Promise<void> {
    const { afterMs } = await viewer.next('reconnect');
    expect(afterMs).toBe(500);
    viewer.socket.close();
  }

  it('tells proxies, then the viewers bit by bit, writes, and is over when they went', async () => {
    const drain = drainOf({
      noticed: () => {
        expect([drain.state, drain.isOn, told()]).toEqual(['announced', true, 0]);
        return Promise.resolve();
      },
    });
    expect(drain.status()).toEqual({ state: 'none', sockets: 6, told: 0, spreadMs: 0 });
    const ended = drain.start();
    await until(() => told() > 0, 'the first is told');
    expect([drain.state, told() < 6]).toEqual(['leaving', true]);
    await Promise.all(viewers.map(leaveWhenTold));
    await ended;
    expect(drain.status()).toEqual({ state: 'drained', sockets: 0, told: 6, spreadMs: 300 });
    expect(steps).toEqual(['tell others', 'write out']);
  });

  it('is begun once, however often it is asked for', async () => {
    const drain = drainOf({}, 0);
    expect(drain.start()).toBe(drain.start());
    await Promise.all(viewers.map(leaveWhenTold));
    await drain.start();
    expect(steps).toEqual(['noticed', 'tell others', 'write out']);
  });

  it('answers what a viewer says last, and then closes those who stay', async () => {
    const [stays] = viewers;
    const ended = drainOf({}, 0).start();
    await Promise.all(viewers.slice(1).map(leaveWhenTold));
    stays?.announce([{ number: 0, time: Date.now() }]);
    await ended;
    expect(await stays?.closed()).toBe(1001);
    expect(stays?.acknowledged).toEqual([0]);
  });

  it('takes new viewers until proxies know, and none from then on', async () => {
    let known: () => void = () => undefined;
    const drain = drainOf({ noticed: () => new Promise((resolve) => (known = resolve)) }, 0);
    const ended = drain.start();
    viewers.push(await TestViewer.join(tracker.url, 'arena'));
    known();
    await until(() => told() === 7, 'all are told, the late one too');
    expect((await TestViewer.connect(tracker.url)).upgradeStatus).toBe(503);
    await Promise.all(viewers.map(leaveWhenTold));
    await ended;
  });

  it('goes no further when it is taken back, takes viewers again, and can begin anew', async () => {
    const drain = drainOf({}, 60_000);
    const ended = drain.start();
    await until(() => told() === 1, 'the first is told');
    drain.cancel();
    await ended;
    expect(drain.status()).toMatchObject({ state: 'none', told: 0 });
    expect(steps).toEqual(['noticed', 'tell others', 'tell others again']);
    viewers.push(await TestViewer.join(tracker.url, 'arena'));
    expect(told()).toBe(1);
    const again = jest.fn();
    void drainOf({}, 0).start().then(again);
    await Promise.all(viewers.map(leaveWhenTold));
    await until(() => again.mock.calls.length === 1, 'it is drained');
  });

  it('cuts off nobody who came back after it was taken back', async () => {
    const [stays] = viewers;
    const drain = drainOf({}, 0);
    stays?.socket.pause();
    const ended = drain.start();
    await Promise.all(viewers.slice(1).map(leaveWhenTold));
    await until(() => steps.includes('write out'), 'all is written');
    drain.cancel();
    const back = await TestViewer.join(tracker.url, 'arena');
    viewers.push(back);
    await ended;
    await until(() => tracker.server.socketCount === 1, 'who stayed is gone');
    expect(back.socket.readyState).toBe(back.socket.OPEN);
  });

  it('can not be taken back where the tracker stops', async () => {
    const drain = drainOf({}, 0);
    const ended = drain.stop();
    expect(drainRoute(drain, 't1')('DELETE')).toMatchObject({ status: 409, body: { node: 't1' } });
    expect(drain.state).not.toBe('none');
    await Promise.all(viewers.map(leaveWhenTold));
    await ended;
    expect(drain.state).toBe('drained');
  });

  it('is over at once where nobody is', async () => {
    for (const viewer of viewers) viewer.end();
    await until(() => tracker.server.socketCount === 0, 'all are gone');
    const drain = drainOf({ times: { spreadMs: () => 60_000, flushMs: 5_000 } });
    await drain.start();
    expect(drain.state).toBe('drained');
  });
});
