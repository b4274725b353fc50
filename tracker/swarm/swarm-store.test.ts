import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { seededRandom } from '../../service/random.js';
import { nearAndRandom } from './peer-choice.js';
import { SwarmStore } from './swarm-store.js';
import { announce, idsOf, newStore, pick, unheardMsMax } from './testing/stores.js';

const qualities = ['360p', '720p', '1080p'];

function filled(seed: number, peers: number, segments = 10): SwarmStore {
  const store = newStore(seed);
  const random = seededRandom(seed + 1);
  for (let index = 0; index < peers; index += 1) {
    store.join('arena', `p${index}`);
    const quality = qualities[Math.floor(random() * qualities.length)] ?? '';
    announce(store, `p${index}`, { segment: Math.floor(random() * segments), quality });
  }
  return store;
}

/** Size of the part of the graph that the first peer is in. */
function reached(edges: ReadonlyMap<string, ReadonlySet<string>>, from: string): number {
  const seen = new Set([from]);
  const next = [from];
  for (let peer = next.pop(); peer !== undefined; peer = next.pop()) {
    for (const other of edges.get(peer) ?? []) {
      if (seen.has(other)) continue;
      seen.add(other);
      next.push(other);
    }
  }
  return seen.size;
}

function graphOf(store: SwarmStore, peers: number, rounds: number, wanted: number) {
  const edges = new Map<string, Set<string>>();
  const link = (one: string, other: string): void => {
    const known = edges.get(one);
    if (known === undefined) edges.set(one, new Set([other]));
    else known.add(other);
  };
  for (let round = 0; round < rounds; round += 1) {
    for (let index = 0; index < peers; index += 1) {
      for (const { id } of pick(store, `p${index}`, wanted)) {
        link(`p${index}`, id);
        link(id, `p${index}`);
      }
    }
  }
  return edges;
}

describe('whether others are there', () => {
  it('is told by those who are alive, here or elsewhere, and not by oneself', () => {
    let elsewhere = 0;
    const store = new SwarmStore({
      choose: nearAndRandom,
      random: seededRandom(1),
      peersPerSwarmMax: 10,
      unheardMsMax,
      elsewhere: { sizeOf: () => elsewhere, changed: () => undefined, toldOf: () => [] },
    });
    expect(store.hasOthers('arena', 'a')).toBe(false);
    for (const id of ['a', 'b']) store.join('arena', id);
    announce(store, 'a');
    expect([store.hasOthers('arena', 'a'), store.hasOthers('arena', 'b')]).toEqual([false, true]);
    announce(store, 'b');
    expect(store.hasOthers('arena', 'a')).toBe(true);
    announce(store, 'b', { isOver: true });
    expect(store.hasOthers('arena', 'a')).toBe(false);
    elsewhere = 1;
    expect(store.hasOthers('arena', 'a')).toBe(true);
  });
});

describe('the swarm store', () => {
  it('takes those that another tracker told first for those with the most room', () => {
    for (const seed of [1, 2, 3, 4]) {
      const store = newStore(seed);
      store.join('arena', 'a');
      announce(store, 'a');
      const ids = ['p3', 'p0', 'p7', 'p1', 'p5', 'p2', 'p6', 'p4'];
      const told = ids.map((id) => ({ id, segment: 1, quality: '720p' }));
      store.heardOf('arena', 'iiiiiii0', told);
      // One of the four is from anywhere.
      const picked = idsOf(pick(store, 'a', 4));
      expect(picked).toEqual(expect.arrayContaining(['p0', 'p3', 'p7']));
      expect(picked).toHaveLength(4);
    }
  });

  it('picks only members of the same swarm that have announced, never oneself, never twice, never more than wanted', () => {
    const action = fc.record({
      kind: fc.constantFrom('join', 'leave', 'update', 'pick'),
      swarm: fc.constantFrom('a', 'b'),
      peer: fc.integer({ min: 0, max: 15 }),
      segment: fc.integer({ min: -1, max: 20 }),
      quality: fc.constantFrom(...qualities),
      wanted: fc.integer({ min: 0, max: 12 }),
    });
    // By itself fast-check makes about ten: too few for a peer to be met, to leave, and be missed.
    const manyActions = fc.array(action, { maxLength: 200, size: 'max' });
    fc.assert(
      fc.property(fc.integer(), manyActions, (seed, actions) => {
        const store = newStore(seed);
        const members = { a: new Set<string>(), b: new Set<string>() };
        const announced = { a: new Set<string>(), b: new Set<string>() };
        for (const { kind, swarm, peer, segment, quality, wanted } of actions) {
          const key = swarm === 'a' ? 'a' : 'b';
          const id = `${key}${peer}`;
          if (kind === 'join') {
            store.join(key, id);
            members[key].add(id);
            announced[key].delete(id);
          } else if (kind === 'leave') {
            store.leave(key, id);
            members[key].delete(id);
            announced[key].delete(id);
          } else if (kind === 'update') {
            announce(store, id, { segment, quality }, 0, key);
            if (members[key].has(id)) announced[key].add(id);
          } else {
            const picked = idsOf(pick(store, id, wanted, { key }));
            const others = [...announced[key]].filter((other) => other !== id);
            expect(new Set(picked).size).toBe(picked.length);
            expect(others).toEqual(expect.arrayContaining(picked));
            expect(picked.length).toBeLessThanOrEqual(wanted);
            if (members[key].has(id) && wanted > 1 && others.length > 0) {
              expect(picked.length).toBeGreaterThan(0);
            }
          }
        }
        const alive = [members.a, members.b].filter(({ size }) => size > 0).length;
        expect(store.swarmCount).toBe(alive);
      }),
    );
  });

  it('gives everybody in a small swarm', () => {
    const store = filled(3, 5);
    expect(idsOf(pick(store, 'p0', 8))).toEqual(['p1', 'p2', 'p3', 'p4']);
  });

  it('chooses the same for the same seed, and something else for another', () => {
    const picks = (seed: number): string[] => {
      const store = newStore(seed);
      for (let index = 0; index < 500; index += 1) {
        store.join('arena', `p${index}`);
        announce(store, `p${index}`, { segment: index % 10 });
      }
      return Array.from({ length: 20 }, (_, index) =>
        pick(store, `p${index}`, 8)
          .map(({ id }) => id)
          .join(),
      );
    };
    expect(picks(5)).toEqual(picks(5));
    expect(picks(5)).not.toEqual(picks(6));
  });

  it('prefers the same rendition near the same segment', () => {
    const store = filled(21, 3_000, 100);
    store.join('arena', 'me');
    announce(store, 'me', { segment: 50 });
    for (let round = 0; round < 50; round += 1) {
      const picked = pick(store, 'me', 8);
      expect(picked).toHaveLength(8);
      const suitable = picked.filter(
        ({ segment, quality }) => quality === '720p' && Math.abs(segment - 50) <= 6,
      );
      expect(suitable.length).toBeGreaterThanOrEqual(6);
    }
  });

  it.each([1, 2, 3])(
    'keeps a swarm whose viewers play at distant places one graph (seed %i)',
    (seed) => {
      const peers = 600;
      const store = newStore(seed);
      for (let index = 0; index < peers; index += 1) {
        store.join('arena', `p${index}`);
        // Six groups, each far from the others: nearness alone would part them.
        const quality = qualities[index % 3] ?? '';
        announce(store, `p${index}`, { segment: (index % 6) * 1_000, quality });
      }
      expect(reached(graphOf(store, peers, 3, 8), 'p0')).toBe(peers);
    },
  );

  it('takes no more peers than a swarm may have, and again when one has left', () => {
    const store = newStore(1, 2);
    expect([store.join('arena', 'a'), store.join('arena', 'b')]).toEqual([true, true]);
    expect(store.join('arena', 'c')).toBe(false);
    expect(pick(store, 'c', 8)).toEqual([]);
    store.leave('arena', 'a');
    expect(store.join('arena', 'c')).toBe(true);
  });

  it('picks in time that does not grow with the swarm', () => {
    const draws = (peers: number): number => {
      let count = 0;
      const random = seededRandom(1);
      const counting = (): number => {
        count += 1;
        return random();
      };
      const store = new SwarmStore({
        choose: nearAndRandom,
        random: counting,
        peersPerSwarmMax: 1e6,
        unheardMsMax,
      });
      for (let index = 0; index < peers; index += 1) {
        store.join('arena', `p${index}`);
        announce(store, `p${index}`, { segment: index % 4 });
      }
      pick(store, 'p0', 8);
      return count;
    };
    expect(draws(50_000)).toBeLessThan(300);
  });

  it('tells nobody of a peer that has missed three intervals, and again from its next announce on', () => {
    const store = filled(4, 3);
    announce(store, 'p0', {}, unheardMsMax);
    announce(store, 'p1', {}, unheardMsMax);
    expect(idsOf(pick(store, 'p0', 8, { nowMs: unheardMsMax }))).toEqual(['p1', 'p2']);
    expect(idsOf(pick(store, 'p0', 8, { nowMs: unheardMsMax + 1 }))).toEqual(['p1']);
    expect(store.has('arena', 'p2')).toBe(true);
    announce(store, 'p2', {}, unheardMsMax + 2);
    expect(idsOf(pick(store, 'p0', 8, { nowMs: unheardMsMax + 2 }))).toEqual(['p1', 'p2']);
    expect(store.suitableCount(unheardMsMax + 2)).toBe(3);
    expect(store.suitableCount(3 * unheardMsMax)).toBe(0);
  });

  it('tells nobody of a peer whose playback is over, until it says something else', () => {
    const store = filled(4, 3);
    announce(store, 'p1', { isOver: true });
    expect(idsOf(pick(store, 'p0', 8))).toEqual(['p2']);
    expect(pick(store, 'p1', 8)).toHaveLength(2);
    announce(store, 'p1', { isOver: true });
    expect(idsOf(pick(store, 'p0', 8))).toEqual(['p2']);
    announce(store, 'p1');
    expect(idsOf(pick(store, 'p0', 8))).toEqual(['p1', 'p2']);
    announce(store, 'p1', { isOver: true });
    expect(idsOf(pick(store, 'p0', 8))).toEqual(['p2']);
  });

  it('finds the few that live among many that froze at the same segment', () => {
    const store = newStore(9);
    for (let index = 0; index < 20_000; index += 1) {
      store.join('arena', `frozen${index}`);
      announce(store, `frozen${index}`);
    }
    for (let index = 0; index < 9; index += 1) {
      store.join('arena', `live${index}`);
      announce(store, `live${index}`, {}, unheardMsMax + 1);
    }
    const picked = pick(store, 'live0', 8, { nowMs: unheardMsMax + 1 });
    expect(idsOf(picked)).toEqual([1, 2, 3, 4, 5, 6, 7, 8].map((index) => `live${index}`));
  });

  it('leaves out those that the viewer has already, and picks as many as before', () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer({ min: 1, max: 60 }), (seed, peers) => {
        const store = filled(seed, peers, 3);
        const others = Array.from({ length: peers }, (_, index) => `p${index}`).slice(1);
        const known = others.filter((_, index) => index % 2 === 0);
        const picked = idsOf(pick(store, 'p0', 8, { known: [...known, 'p0', 'stranger'] }));
        const left = others.filter((id) => !known.includes(id));
        expect(left).toEqual(expect.arrayContaining(picked));
        expect(picked).toHaveLength(Math.min(8, left.length));
        const [one] = known;
        const withoutOne = idsOf(pick(store, 'p0', 64, { known: known.slice(1) }));
        if (one !== undefined) expect(withoutOne).toContain(one);
      }),
    );
  });

  describe('introductions', () => {
    const intervalMs = 10_000;

    /** A swarm of 60, in which `p0` is told of 8 in the first interval. */
    function introduced() {
      const store = filled(8, 60, 1);
      const told = idsOf(pick(store, 'p0', 8));
      return { store, told };
    }

    it('count as connected once, when who was told says that it has the peer', () => {
      const { store, told } = introduced();
      expect([store.introductions, store.connected]).toEqual([8, 0]);
      pick(store, 'p0', 0, { nowMs: intervalMs, known: told.slice(0, 5) });
      pick(store, 'p0', 0, { nowMs: 2 * intervalMs, known: told.slice(0, 6) });
      // The other side has it too, but wasn't told.
      pick(store, told[0] ?? '', 0, { nowMs: 2 * intervalMs, known: ['p0'] });
      expect([store.introductions, store.connected]).toEqual([8, 6]);
    });

    it('are not made again, from either side, while there are others', () => {
      const { store, told } = introduced();
      const nowMs = intervalMs;
      expect(idsOf(pick(store, 'p0', 8, { nowMs })).filter((id) => told.includes(id))).toEqual([]);
      for (const id of told) expect(idsOf(pick(store, id, 30, { nowMs }))).not.toContain('p0');
    });

    it.each([
      [2, [1, 1, 1, 1, 1, 1, 1]],
      [12, [1, 1, 1, 0, 0, 0, 1]],
    ])('are made again where nobody else is left, of %i three times at most', (peers, expected) => {
      const store = filled(4, peers);
      const ids = Array.from({ length: peers }, (_, index) => `p${index}`);
      const toldAt = [0, 1, 2, 3, 4, 14, 15].map((interval) => {
        const nowMs = interval * intervalMs;
        for (const id of ids) announce(store, id, {}, nowMs);
        return pick(store, 'p0', 8, { nowMs, known: ids.slice(2) }).length;
      });
      expect(toldAt).toEqual(expected);
    });

    it('that came to an end are no failures', () => {
      const store = filled(4, 2);
      for (let interval = 0; interval < 8; interval += 1) {
        const nowMs = interval * intervalMs;
        for (const id of ['p0', 'p1']) announce(store, id, {}, nowMs);
        const known = interval % 2 === 1 ? ['p1'] : [];
        expect(pick(store, 'p0', 8, { nowMs, known })).toHaveLength(interval % 2 === 1 ? 0 : 1);
      }
    });

    it('of two who met by their signals are counted once, and others are told of sooner', () => {
      const store = filled(4, 2);
      pick(store, 'p0', 8);
      for (const [one, other] of [
        ['p1', 'p0'],
        ['p0', 'p1'],
      ] as const) {
        store.met('arena', one, other);
      }
      expect([store.introductions, store.connected]).toEqual([1, 1]);
      store.join('arena', 'p2');
      announce(store, 'p2');
      expect(idsOf(pick(store, 'p0', 1, { nowMs: intervalMs }))).toEqual(['p2']);
      expect(idsOf(pick(store, 'p0', 1, { nowMs: 2 * intervalMs }))).not.toEqual([]);
      expect(store.connected).toBe(1);
    });

    it('are remembered of nobody who has gone, and of 32 at most', () => {
      const store = filled(5, 2_000, 1);
      const seen = Array.from({ length: 40 }, () => idsOf(pick(store, 'p0', 8))).flat();
      expect(new Set(seen).size).toBeGreaterThan(150);
      for (const id of seen) if (id !== 'p1') store.leave('arena', id);
      expect(pick(store, 'p0', 30)).toHaveLength(30);
    });
  });

  it('gives others a sample of those that have room, where there are enough of them', () => {
    const store = newStore();
    for (let index = 0; index < 200; index += 1) {
      store.join('arena', `p${index}`);
      announce(store, `p${index}`, { connections: index % 2 === 0 ? 16 : 3 });
    }
    const seen = new Set<string>();
    for (let round = 0; round < 200; round += 1) {
      const sample = store.ownSample('arena', 8);
      expect(sample).toHaveLength(8);
      for (const { id, connections } of sample) {
        expect(connections).toBe(3);
        seen.add(id);
      }
    }
    // By turns all of them, so that nobody bears them all.
    expect(seen.size).toBe(100);
  });

  it('prefers others to one that has rejected an offer, for half a minute', () => {
    const store = filled(4, 12, 1);
    store.rejected('arena', 'p1', 0);
    const toldAt = (nowMs: number): string[] =>
      Array.from({ length: 8 }, (_, index) => {
        const id = `late${nowMs}-${index}`;
        store.join('arena', id);
        return idsOf(pick(store, id, 6, { nowMs }));
      }).flat();
    expect(toldAt(29_999)).not.toContain('p1');
    expect(toldAt(30_000)).toContain('p1');
  });
});
