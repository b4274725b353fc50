import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { registerStreams } from '../../lab/stack/cluster.js';
import type { TrackerProcess } from '../../lab/stack/index.js';
import { HaproxyServer } from '../../lab/stack/servers/haproxy.js';
import { groupBy } from '../../service/group-by.js';
import { instanceOf } from '../../tracker/neighbours/index.js';
import { TestViewer, until } from '../../tracker/testing/test-viewer.js';
import { MeetingViewer, negotiate } from './testing/meeting-viewers.js';
import { extraServices, sharedStack } from './testing/stack.js';
import { within } from './testing/within.js';

const announceIntervalMs = 10_000;
// By their names HAProxy chooses a tracker: with the same ones it does so each time.
const streams = Array.from({ length: 20 }, (_, index) => `meet-${index}`);
const quartet = 'meet-quartet';

describe('four trackers behind HAProxy, leastconn', () => {
  const extra = extraServices();
  const { services, supervisor } = extra;
  let trackers: readonly TrackerProcess[];
  let haproxy: HaproxyServer;
  const viewers: MeetingViewer[] = [];

  async function join(url: string, stream: string): Promise<MeetingViewer> {
    const viewer = await MeetingViewer.join(url, stream);
    viewers.push(viewer);
    return viewer;
  }

  const metric = async (tracker: TrackerProcess, name: string): Promise<number> => {
    const text = await (await fetch(`http://${tracker.admin}/metrics`)).text();
    return Number(new RegExp(`^viblast_tracker_${name}{[^}]*} (\\d+)$`, 'm').exec(text)?.[1]);
  };

  beforeAll(async () => {
    const { kafka, portal } = sharedStack();
    await registerStreams([...streams, quartet], kafka.brokers, portal);
    const started = await Promise.all(Array.from({ length: 4 }, () => services.startTracker()));
    trackers = started.map(({ process }) => process);
    haproxy = await HaproxyServer.start(supervisor);
    await haproxy.add(started.map(({ port, process }) => ({ name: process.name, port })));
    for (const tracker of trackers) {
      await until(async () => (await metric(tracker, 'neighbours')) >= 3, 'all know each other');
    }
  }, 180_000);

  afterEach(() => {
    for (const viewer of viewers.splice(0)) viewer.end();
  });
  afterAll(() => extra.close(), 60_000);

  it('introduce the two viewers of each of 20 streams within an announce interval, and relay what they say', async () => {
    const pairs: (readonly [MeetingViewer, MeetingViewer])[] = [];
    for (const stream of streams) {
      pairs.push([await join(haproxy.ws, stream), await join(haproxy.ws, stream)]);
    }
    const joinedAtMs = Date.now();
    const apart = pairs.filter(([one, other]) => one.instance !== other.instance);
    expect(apart.length).toBeGreaterThan(15);
    for (const [one, other] of pairs) {
      await Promise.all([one.meets(other), other.meets(one)]);
      const toldMs = Math.max(one.toldAtMs.get(other.peer) ?? 0, other.toldAtMs.get(one.peer) ?? 0);
      expect(toldMs - joinedAtMs).toBeLessThan(within(announceIntervalMs));
    }
    await Promise.all(pairs.map(([one, other]) => negotiate(one, other)));
    for (const [one, other] of pairs) {
      const [offer, fromOne] = other.viewer.of('signal');
      expect(offer).toMatchObject({ from: one.peer, kind: 'offer', data: { sdp: 'o=- ü' } });
      expect(fromOne).toMatchObject({ kind: 'candidates' });
      expect(one.viewer.of('signal').map(({ kind }) => kind)).toEqual(['answer', 'candidates']);
      expect([...one.viewer.of('error'), ...other.viewer.of('error')]).toEqual([]);
    }
  }, 120_000);

  it('have most viewers of a stream together where HAProxy goes by ?stream= or the path, and none too many', async () => {
    const byStream = await HaproxyServer.start(supervisor, 'haproxy-by-stream', 'stream');
    await byStream.add(trackers.map(({ ws, name }) => ({ name, port: Number(new URL(ws).port) })));
    // So that a tracker's share is more than a few; HAProxy goes by the URL alone.
    const alone = await Promise.all(
      Array.from({ length: 100 }, (_, index) =>
        TestViewer.join(`${byStream.ws}/?stream=alone-${index}`, quartet),
      ),
    );
    const pairs: (readonly [MeetingViewer, MeetingViewer])[] = [];
    for (const stream of streams) {
      const url = `${byStream.ws}/?stream=${stream}`;
      pairs.push([await join(url, stream), await join(url, stream)]);
    }
    const apart = pairs.filter(([one, other]) => one.instance !== other.instance);
    expect(apart.length).toBeLessThan(streams.length / 2);
    const instances = [...alone, ...pairs.flat()].map(({ peer }) => instanceOf(peer));
    for (const viewersOfOne of groupBy(instances, (instance) => instance).values()) {
      expect(viewersOfOne.length).toBeLessThanOrEqual((1.25 * instances.length) / 4 + 1);
    }
    await Promise.all(pairs.flatMap(([one, other]) => [one.meets(other), other.meets(one)]));
    // Players of WebTorrent name it in the path.
    const before = await byStream.statistics();
    const players = await Promise.all(
      Array.from({ length: 6 }, () => TestViewer.connect(`${byStream.ws}/${quartet}`, [])),
    );
    const after = await byStream.statistics();
    const came = after.map(({ sockets }, index) => sockets - (before[index]?.sockets ?? 0));
    expect(Math.max(...came)).toBeGreaterThan(players.length / 2);
    for (const viewer of [...alone, ...players]) viewer.end();
  }, 120_000);

  it('take a viewer out that left, refuse signals to it by name, and those who were killed within 5 s', async () => {
    const [first, second, third, fourth] = await Promise.all(
      trackers.map((tracker) => join(tracker.ws, quartet)),
    );
    const killed = trackers[2];
    if (!first || !second || !third || !fourth || !killed) throw new Error('four are needed');
    await Promise.all([
      first.meets(second, third, fourth),
      second.meets(first, third, fourth),
      fourth.meets(first, second, third),
    ]);

    second.leave();
    await until(
      () => ![...first.peersNow, ...fourth.peersNow].includes(second.peer),
      'nobody is told of who left',
    );
    const offer = { kind: 'offer', negotiation: 'n', data: { type: 'offer', sdp: '' } };
    first.signal(second, offer);
    expect(await first.viewer.next('error')).toMatchObject({
      code: 'unknown_peer',
      to: second.peer,
      kind: 'offer',
      negotiation: 'n',
    });

    killed.kill('SIGKILL');
    const killedAtMs = Date.now();
    await until(
      () => Date.now() - killedAtMs > within(7_000),
      'two of their announces are answered',
    );
    for (const viewer of [first, fourth]) {
      expect((viewer.toldAtMs.get(third.peer) ?? 0) - killedAtMs).toBeLessThan(within(5_000));
      expect(viewer.peersNow).not.toContain(third.peer);
    }
    expect(first.peersNow).toContain(fourth.peer);
    expect(fourth.peersNow).toContain(first.peer);
    await negotiate(first, fourth);
    first.signal(third, { ...offer, negotiation: 'of the dead' });
    expect(await first.viewer.next('error', 1)).toMatchObject({ code: 'unknown_peer' });
  }, 120_000);

  it('are told at once by a tracker that stops', async () => {
    const [, stopping, , staying] = trackers;
    if (!stopping || !staying) throw new Error('two are needed');
    const one = await join(stopping.ws, quartet);
    const other = await join(staying.ws, quartet);
    await other.meets(one);
    stopping.kill('SIGTERM');
    await one.viewer.next('reconnect');
    const sentAwayAtMs = Date.now();
    await until(() => !other.peersNow.includes(one.peer), 'nobody is told of who is sent away');
    expect(Date.now() - sentAwayAtMs).toBeLessThan(within(3_000));
    await stopping.exited;
  }, 60_000);
});
