import { beforeEach, describe, expect, it, jest } from '@jest/globals';
import fc from 'fast-check';
import { bounds } from './limits.js';
import { TellingPlan } from './telling-plan.js';
import { arbitrarySamples } from './testing/arbitrary-records.js';
import {
  announceIntervalMs,
  TrackersInMemory,
  type MemoryTracker,
} from './testing/trackers-in-memory.js';

describe('trackers that tell each other of their swarms', () => {
  let all: TrackersInMemory;
  let first: MemoryTracker;
  let second: MemoryTracker;

  beforeEach(() => {
    all = new TrackersInMemory();
    first = all.add();
    second = all.add();
    all.pass(1_000);
  });

  const samplesOf = (tracker: MemoryTracker) => tracker.told.flatMap(({ samples }) => samples);

  it('keep nothing of swarms that came and went before anybody could be told', () => {
    const third = all.add();
    const spied = jest.spyOn(TellingPlan.prototype, 'soon');
    for (let swarm = 0; swarm < 100; swarm += 1) {
      all.announce(third, `gone-${swarm}`, 'a');
      third.store.leave(`gone-${swarm}`, 'a');
    }
    all.announce(third, 'arena', 'c');
    expect(spied).not.toHaveBeenCalled();
    spied.mockRestore();
    all.pass(1_000);
    expect(samplesOf(third).map(({ swarm }) => swarm)).toEqual(['arena']);
  });

  it('introduce the viewers of a stream to each other within a second', () => {
    all.announce(first, 'arena', 'a');
    all.announce(second, 'arena', 'b');
    all.pass(1_000);
    expect(all.peersOf(first, 'arena', 'a')).toEqual(['b']);
    expect(all.peersOf(second, 'arena', 'b')).toEqual(['a']);
  });

  it('have peers for a viewer that comes later with its first announce, with their instance', () => {
    all.announce(first, 'arena', 'a', 7);
    all.pass(5_000);
    all.announce(second, 'arena', 'b', 7);
    const [peer] = second.store.pick('arena', 'b', { wanted: 8, known: [] }, all.nowMs);
    expect(peer).toMatchObject({ id: 'a', segment: 7, quality: '720p', instance: 'iiiiiii0' });
  });

  it('take out within a second who left, whose playback is over, and who went to another swarm', () => {
    for (const id of ['a', 'b', 'c']) all.announce(first, 'arena', id);
    all.announce(second, 'arena', 'd');
    all.pass(1_000);
    expect(all.peersOf(second, 'arena', 'd')).toEqual(['a', 'b', 'c']);
    first.store.leave('arena', 'a');
    first.store.announced('arena', 'b', { segment: 1, quality: '720p', isOver: true }, all.nowMs);
    first.store.leave('arena', 'c');
    all.announce(first, 'studio', 'c');
    all.pass(1_000);
    expect(all.peersOf(second, 'arena', 'd')).toEqual([]);
    expect(second.exchange.figures.peersHeard).toBe(1);
  });

  it('take out who announced nothing for three intervals', () => {
    all.announce(first, 'arena', 'frozen');
    for (let passedSeconds = 0; passedSeconds < 45; passedSeconds += 5) {
      all.announce(second, 'arena', 'b');
      all.pass(5_000);
    }
    expect(all.peersOf(second, 'arena', 'b')).toEqual([]);
  });

  it('take out those of a tracker that says nothing for 4 s, all at once', () => {
    for (const key of ['arena', 'studio']) {
      all.announce(first, key, `${key}-a`);
      all.announce(second, key, `${key}-b`);
    }
    all.pass(1_000);
    first.isRunning = false;
    all.pass(3_000);
    expect(all.peersOf(second, 'arena', 'arena-b')).toEqual(['arena-a']);
    expect(second.exchange.isAlive('iiiiiii0')).toBe(true);
    all.pass(1_500);
    expect(all.peersOf(second, 'arena', 'arena-b')).toEqual([]);
    expect(all.peersOf(second, 'studio', 'studio-b')).toEqual([]);
    expect(second.exchange.isAlive('iiiiiii0')).toBe(false);
    expect(second.exchange.figures).toMatchObject({ trackers: 0, swarmsHeard: 0, peersHeard: 0 });
  });

  it('know each other still when the clock is set back', () => {
    all.announce(first, 'arena', 'a');
    all.announce(second, 'arena', 'b');
    all.pass(1_000);
    all.nowMs -= 3_600_000;
    for (let passed = 0; passed < 10; passed += 1) {
      all.pass(1_000);
      expect(all.peersOf(first, 'arena', 'a')).toEqual(['b']);
    }
    all.announce(second, 'arena', 'c');
    all.pass(1_000);
    expect(all.peersOf(first, 'arena', 'a')).toEqual(['b', 'c']);
    second.isRunning = false;
    all.pass(bounds.silentMsMax + 1_000);
    expect(all.peersOf(first, 'arena', 'a')).toEqual([]);
  });

  it('say half as often that they live where the others know of nobody there', () => {
    const heartbeatsIn10s = (): number => {
      const before = first.told.length;
      for (let passedMs = 0; passedMs < 10_000; passedMs += 500) {
        all.pass(500);
        expect(second.exchange.figures.trackers).toBe(1);
      }
      return first.told.length - before;
    };
    expect(heartbeatsIn10s()).toBe(5);
    all.announce(first, 'arena', 'a');
    all.pass(1_000);
    expect(heartbeatsIn10s()).toBe(10);
  });

  it('take out those of a tracker that leaves at once, and still pass signals on to it', () => {
    all.announce(first, 'arena', 'a');
    all.announce(second, 'arena', 'b');
    all.pass(1_000);
    first.exchange.leave();
    all.announce(first, 'arena', 'late');
    all.pass(bounds.beatMs);
    expect(all.peersOf(second, 'arena', 'b')).toEqual([]);
    all.pass(20_000);
    expect(all.peersOf(second, 'arena', 'b')).toEqual([]);
    expect(second.exchange.isAlive('iiiiiii0')).toBe(true);
  });

  it('forget a run of a tracker when the next one speaks', () => {
    all.announce(first, 'arena', 'a');
    all.announce(second, 'arena', 'b');
    all.pass(1_000);
    first.isRunning = false;
    all.add('tracker-0');
    all.pass(1_000);
    expect(all.peersOf(second, 'arena', 'b')).toEqual([]);
    expect(second.exchange.figures.trackers).toBe(1);
  });

  it('know each other again within seconds of an outage, whichever way was cut', () => {
    for (const cut of ['reaches', 'hears'] as const) {
      all.announce(first, 'arena', 'a');
      all.announce(second, 'arena', 'b');
      all.pass(1_000);
      first[cut] = false;
      all.pass(6_000);
      all.announce(first, 'arena', 'a');
      all.announce(second, 'arena', 'b');
      expect(
        all.peersOf(cut === 'hears' ? first : second, 'arena', cut === 'hears' ? 'a' : 'b'),
      ).toEqual([]);
      first[cut] = true;
      all.pass(2_000);
      expect(all.peersOf(first, 'arena', 'a')).toEqual(['b']);
      expect(all.peersOf(second, 'arena', 'b')).toEqual(['a']);
    }
  });

  it('say again what was lost, also that somebody left', () => {
    all.announce(first, 'arena', 'a');
    all.announce(first, 'studio', 'c');
    all.announce(second, 'arena', 'b');
    all.announce(second, 'studio', 'd');
    all.pass(1_000);
    first.reaches = false;
    first.store.leave('arena', 'a');
    all.announce(first, 'studio', 'e');
    all.pass(1_000);
    first.reaches = true;
    all.pass(1_000);
    expect(all.peersOf(second, 'arena', 'b')).toEqual([]);
    expect(all.peersOf(second, 'studio', 'd')).toEqual(['c', 'e']);
  });

  it('tell a small swarm once an interval where nothing changes, and more seldom what nobody else has', () => {
    all.announce(first, 'arena', 'a');
    all.announce(first, 'lonely', 'c');
    all.announce(second, 'arena', 'b');
    all.pass(1_000);
    const before = samplesOf(first).length;
    for (let interval = 0; interval < 6; interval += 1) {
      for (const key of ['arena', 'lonely']) all.announce(first, key, key === 'arena' ? 'a' : 'c');
      all.announce(second, 'arena', 'b');
      all.pass(announceIntervalMs);
    }
    const told = samplesOf(first).slice(before);
    expect(told.filter(({ swarm }) => swarm === 'arena')).toHaveLength(6);
    expect(told.filter(({ swarm }) => swarm === 'lonely')).toHaveLength(2);
    expect(told.find(({ swarm }) => swarm === 'lonely')).toMatchObject({ asks: true });
  });

  it('tell of a swarm that is large everywhere only the threads that keep it one', () => {
    const size = bounds.smallSwarmMax;
    for (let index = 0; index < size; index += 1) {
      all.announce(first, 'arena', `a${index}`);
      all.announce(second, 'arena', `b${index}`);
    }
    all.pass(announceIntervalMs);
    const [last] = samplesOf(first).slice(-1);
    expect(last).toMatchObject({ swarm: 'arena', size });
    expect(last?.peers).toHaveLength(bounds.threadsMax);
    expect(second.exchange.figures.peersHeard).toBe(bounds.threadsMax);
  });

  it('tell a large swarm to whom it is small, as it is asked', () => {
    const size = bounds.smallSwarmMax;
    for (let index = 0; index < size; index += 1) all.announce(first, 'arena', `a${index}`);
    all.announce(second, 'arena', 'b');
    all.pass(1_000);
    expect(second.exchange.figures.peersHeard).toBe(bounds.sampleMax);
  });

  it('tell a crowd that comes at once in a few samples', () => {
    all.announce(second, 'arena', 'b');
    for (let index = 0; index < 400; index += 1) {
      all.announce(first, 'arena', `a${index}`);
      if (index % 10 === 0) all.pass(bounds.beatMs);
    }
    expect(samplesOf(first).length).toBeLessThan(25);
  });

  it('never say more in a record than may be, and all of it in the end', () => {
    const swarms = 5_000;
    for (let index = 0; index < swarms; index += 1) all.announce(first, `s${index}`, `a${index}`);
    all.pass(2_000);
    const sizes = first.told.map(({ samples }) => samples.length);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(bounds.samplesMax);
    expect(second.exchange.figures.swarmsHeard).toBe(swarms);
  });

  it('stand whatever another tracker tells: memory stays bounded, and nobody else is lost', () => {
    all.announce(first, 'arena', 'a');
    all.announce(second, 'arena', 'b');
    all.pass(1_000);
    const told = fc.array(arbitrarySamples, { maxLength: 20 });
    fc.assert(
      fc.property(told, (records) => {
        for (const record of records) second.exchange.hear(record, all.nowMs);
        expect(second.exchange.figures.trackers).toBeLessThanOrEqual(bounds.instancesMax);
        // Somebody new: who was told of strangers is told of those whom it doesn't know first.
        all.announce(second, 'arena', 'new');
        expect(all.peersOf(second, 'arena', 'new')).toContain('a');
        second.store.leave('arena', 'new');
      }),
    );
    all.pass(6_000);
    expect(second.exchange.figures).toMatchObject({ trackers: 1, peersHeard: 1 });
  });

  it('have room for swarms of their own, whatever else there is', () => {
    const base = { tracker: 'other', instance: 'otherone', written: 0, isLeaving: false };
    const size = 50;
    const peers = Array.from({ length: size }, (_, index) => {
      return { peer: `x${index}`, segment: 1, quality: '720p', network: '' };
    });
    const crowd = (named: readonly (typeof peers)[number][], count: number, key: string) =>
      Array.from({ length: count }, (_, index) => {
        return { swarm: `${key}${index}`, size, asks: false, peers: named };
      });
    const { heardPeersMax, heardSwarmsMax } = bounds;
    for (const samples of [
      crowd(peers, heardPeersMax / size + 1, 'crowd'),
      crowd([], heardSwarmsMax, 'nameless'),
    ]) {
      second.exchange.hear({ ...base, samples }, all.nowMs);
      const { peersHeard, swarmsHeard } = second.exchange.figures;
      expect(Math.max(peersHeard / heardPeersMax, swarmsHeard / heardSwarmsMax)).toBe(1);
      const key = `arena-${swarmsHeard}`;
      all.announce(first, key, 'a');
      all.pass(1_000);
      all.announce(second, key, 'b');
      all.pass(1_000);
      expect(all.peersOf(second, key, 'b')).toEqual(['a']);
    }
  });

  it('forget what a tracker told and never again', () => {
    const sample = { swarm: 'arena', size: 1, asks: false };
    const peers = [{ peer: 'x', segment: 1, quality: '720p', network: '' }];
    const base = { tracker: 'other', instance: 'otherone', written: 0, isLeaving: false };
    second.exchange.hear({ ...base, samples: [{ ...sample, peers }] }, all.nowMs);
    for (let passed = 0; passed <= 8; passed += 1) {
      all.announce(second, 'arena', 'b');
      if (passed < 8) expect(all.peersOf(second, 'arena', 'b')).toEqual(['x']);
      for (let passedSeconds = 0; passedSeconds < 10; passedSeconds += 1) {
        second.exchange.hear({ ...base, samples: [] }, all.nowMs);
        all.pass(1_000);
      }
    }
    expect(all.peersOf(second, 'arena', 'b')).toEqual([]);
  });

  it('have a peer that is here under its name and elsewhere at both, and never for itself', () => {
    all.announce(first, 'arena', 'moving');
    all.announce(second, 'arena', 'b');
    all.pass(1_000);
    all.announce(second, 'arena', 'moving');
    all.pass(1_000);
    const picked = second.store.pick('arena', 'b', { wanted: 8, known: [] }, all.nowMs);
    const { instance } = first.told[0] ?? {};
    expect(picked.map((peer) => [peer.id, peer.instance]).sort()).toEqual([
      ['moving', ''],
      ['moving', instance],
    ]);
    expect(all.peersOf(second, 'arena', 'moving')).toEqual(['b']);
    first.store.leave('arena', 'moving');
    all.pass(1_000);
    const left = second.store.pick('arena', 'b', { wanted: 8, known: [] }, all.nowMs + 10_000);
    expect(left).toMatchObject([{ id: 'moving', instance: '' }]);
  });
});
