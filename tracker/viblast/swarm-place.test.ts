import { afterEach, describe, expect, it } from '@jest/globals';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { playerStates } from '../../schemas/index.js';
import type { Report } from '../announces/report.js';
import { policyFor } from '../policy/testing/policy-for.js';
import { reportOf } from '../testing/reports.js';
import { startTestTracker, type TestTracker } from '../testing/start-test-tracker.js';
import { testParts } from '../testing/test-parts.js';
import { TestViewer } from '../testing/test-viewer.js';
import { viblastDialect } from './dialect.js';
import { SwarmPlace } from './swarm-place.js';

const intervalMs = 5_000;
const usualPolicy = policyFor({});

/** A swarm of which the peer `watcher` is told. */
function newSwarm() {
  const { parts } = testParts();
  const place = (peer: string): SwarmPlace => {
    const made = new SwarmPlace(parts, 'arena', peer, usualPolicy);
    made.take();
    return made;
  };
  const watcher = place('watcher');
  const toldOf = (nowMs: number, connectedPeers: string[] = []): string[] =>
    watcher
      .peers({ wanted: 8, known: connectedPeers }, nowMs)
      .map(({ id }) => id)
      .sort();
  return { place, toldOf };
}

const report = (number: number, fields: Partial<Report> = {}) => [
  reportOf({ number, time: 0, ...fields }),
];

describe('a place in the swarm', () => {
  it('is told of from its first announce on', () => {
    const { place, toldOf } = newSwarm();
    const one = place('one');
    expect(toldOf(0)).toEqual([]);
    one.announced([], [], 0);
    expect(toldOf(0)).toEqual([]);
    one.announced(report(0), [], 0);
    expect(toldOf(0)).toEqual(['one']);
  });

  it('is told of until it has missed three intervals, and again from its next announce on', () => {
    const { place, toldOf } = newSwarm();
    const one = place('one');
    one.announced(report(7), [], 0);
    one.announced([], [], intervalMs);
    expect(toldOf(3 * intervalMs)).toEqual(['one']);
    expect(toldOf(3 * intervalMs + 1)).toEqual([]);
    // Sent again, it says nothing new, but that the viewer lives.
    one.announced(report(7), [], 4 * intervalMs);
    expect(toldOf(4 * intervalMs)).toEqual(['one']);
  });

  it.each(playerStates)('decides by the newest announce whether it can give: %s', (state) => {
    const { place, toldOf } = newSwarm();
    const one = place('one');
    one.announced(report(1), [], 0);
    one.announced([...report(3, { state }), ...report(2, { state: 'playing' })], [], 1);
    one.announced(report(0, { state: 'playing' }), [], 2);
    const isOver = ['ended', 'quit', 'fatal_error'].includes(state);
    expect(toldOf(2)).toEqual(isOver ? [] : ['one']);
    one.announced(report(4, { state: 'playing' }), [], 3);
    expect(toldOf(3)).toEqual(['one']);
  });

  it('leaves out peers that the viewer says it has, as long as it says so', () => {
    const { place, toldOf } = newSwarm();
    const ids = Array.from({ length: 20 }, (_, index) => `peer${index}`);
    for (const id of ids) place(id).announced(report(0), [], 0);
    const known = ids.slice(0, 12);
    expect(toldOf(0, known)).toEqual(ids.slice(12).sort());
    expect(toldOf(0, ids)).toEqual([]);
    expect(toldOf(0, [...known.slice(1), ...ids.slice(12)])).toEqual(known.slice(0, 1));
  });
});

describe('an answer', () => {
  const ids = Array.from({ length: 200 }, (_, index) => `peer${index}`);
  function newCrowd() {
    const { parts } = testParts();
    const places = new Map(
      ['watcher', ...ids].map((id) => {
        const made = new SwarmPlace(parts, 'arena', id, usualPolicy);
        made.take();
        made.announced(report(0), [], 0);
        return [id, made] as const;
      }),
    );
    const ask = (nowMs: number, known: string[] = [], wanted = 8): string[] =>
      (places.get('watcher')?.peers({ wanted, known }, nowMs) ?? []).map(({ id }) => id);
    return { parts, places, ask };
  }

  it('is the same for who asks again within a second', () => {
    const { ask } = newCrowd();
    const told = ask(0);
    expect(told).toHaveLength(8);
    for (let nowMs = 1; nowMs < 1_000; nowMs += 111) expect(ask(nowMs)).toEqual(told);
    expect(ask(1_000)).not.toEqual(told);
  });

  it('is another one once somebody in it is known, gone, over or busy, or more are wanted', () => {
    const { parts, places, ask } = newCrowd();
    let told = ask(0);
    const asked = (known: string[] = [], wanted = 8): string[] => (told = ask(1, known, wanted));
    const [known] = told;
    expect(asked(told.slice(0, 1))).not.toContain(known);
    const [gone] = told;
    places.get(gone ?? '')?.leave();
    expect(asked()).not.toContain(gone);
    const [over] = told;
    places.get(over ?? '')?.announced(report(1, { state: 'ended' }), [], 1);
    expect(asked()).not.toContain(over);
    const [busy] = told;
    parts.swarms.rejected('arena', busy ?? '', 1);
    expect(asked()).not.toContain(busy);
    expect(asked([], 12)).toHaveLength(12);
    expect(asked([], 2)).toHaveLength(2);
  });
});

describe('who is told of whom', () => {
  let tracker: TestTracker | undefined;
  const viewers: TestViewer[] = [];
  let passedMs = 0;

  async function join(): Promise<TestViewer> {
    const now = (): number => Date.now() + passedMs;
    tracker ??= await startTestTracker({
      dialects: [viblastDialect({ ...testParts().parts, now })],
    });
    const viewer = await TestViewer.join(tracker.url, 'arena');
    viewers.push(viewer);
    return viewer;
  }

  async function toldOf(viewer: TestViewer, connectedPeers: unknown = []): Promise<string[]> {
    const before = viewer.of('peers').length;
    viewer.send({ type: 'announce', announces: [], connectedPeers });
    const { peers } = await viewer.next('peers', before);
    return peers.map(({ peer }) => peer);
  }

  async function announce(viewer: TestViewer, number: number, state: string): Promise<void> {
    const before = viewer.of('peers').length;
    viewer.send({ type: 'announce', announces: [{ number, time: Date.now() + passedMs, state }] });
    await viewer.next('peers', before);
  }

  afterEach(async () => {
    for (const viewer of viewers.splice(0)) viewer.end();
    await nextTurn();
    await tracker?.stop();
    tracker = undefined;
    passedMs = 0;
  });

  it('is a frozen page, whose socket still answers pings, for three intervals and no longer', async () => {
    const [frozen, viewer] = [await join(), await join()];
    await announce(frozen, 0, 'playing');
    expect(await toldOf(viewer)).toEqual([frozen.peer]);
    passedMs = 3 * intervalMs + 1_000;
    expect(await toldOf(viewer)).toEqual([]);
    const offer = { type: 'signal', kind: 'offer', negotiation: 'n', data: {} };
    viewer.send({ ...offer, to: frozen.peer });
    expect(await frozen.next('signal')).toMatchObject({ from: viewer.peer });
    await announce(frozen, 1, 'playing');
    expect(await toldOf(viewer)).toEqual([frozen.peer]);
  });

  it('is nobody who has ended, nor whom the viewer has', async () => {
    const [one, other, viewer] = [await join(), await join(), await join()];
    await announce(one, 0, 'playing');
    await announce(other, 0, 'playing');
    expect(await toldOf(viewer, [one.peer, 7])).toEqual([other.peer]);
    await announce(other, 1, 'ended');
    expect(await toldOf(viewer)).toEqual([one.peer]);
    expect(await toldOf(viewer, [one.peer])).toEqual([]);
  });
});
