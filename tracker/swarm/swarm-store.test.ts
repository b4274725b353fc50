import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { nearAndRandom } from './peer-choice.js';
import { seededRandom } from '../../service/random.js';
import { SwarmStore } from './swarm-store.js';

const newStore = (seed = 1, peersPerSwarmMax = 100_000): SwarmStore =>
  new SwarmStore({ choose: nearAndRandom, random: seededRandom(seed), peersPerSwarmMax });

const qualities = ['360p', '720p', '1080p'];

function filled(seed: number, peers: number, segments = 10): SwarmStore {
  const store = newStore(seed);
  const random = seededRandom(seed + 1);
  for (let index = 0; index < peers; index += 1) {
    store.join('arena', `p${index}`);
    const quality = qualities[Math.floor(random() * qualities.length)] ?? '';
    store.update('arena', `p${index}`, Math.floor(random() * segments), quality);
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
      for (const { id } of store.pick('arena', `p${index}`, wanted)) {
        link(`p${index}`, id);
        link(id, `p${index}`);
      }
    }
  }
  return edges;
}

describe('the swarm store', () => {
  it('picks only members of the same swarm, never oneself, never twice, never more than wanted', () => {
    const action = fc.record({
      kind: fc.constantFrom('join', 'leave', 'update', 'pick'),
      swarm: fc.constantFrom('a', 'b'),
      peer: fc.integer({ min: 0, max: 15 }),
      segment: fc.integer({ min: -1, max: 20 }),
      quality: fc.constantFrom(...qualities),
      wanted: fc.integer({ min: 0, max: 12 }),
    });
    fc.assert(
      fc.property(fc.integer(), fc.array(action, { maxLength: 200 }), (seed, actions) => {
        const store = newStore(seed);
        const members = { a: new Set<string>(), b: new Set<string>() };
        for (const { kind, swarm, peer, segment, quality, wanted } of actions) {
          const key = swarm === 'a' ? 'a' : 'b';
          const id = `${key}${peer}`;
          if (kind === 'join') {
            store.join(key, id);
            members[key].add(id);
          } else if (kind === 'leave') {
            store.leave(key, id);
            members[key].delete(id);
          } else if (kind === 'update') store.update(key, id, segment, quality);
          else {
            const picked = store.pick(key, id, wanted).map((one) => one.id);
            const others = [...members[key]].filter((other) => other !== id);
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
    expect(
      store
        .pick('arena', 'p0', 8)
        .map(({ id }) => id)
        .sort(),
    ).toEqual(['p1', 'p2', 'p3', 'p4']);
  });

  it('chooses the same for the same seed, and something else for another', () => {
    const picks = (seed: number): string[] => {
      const store = newStore(seed);
      for (let index = 0; index < 500; index += 1) {
        store.join('arena', `p${index}`);
        store.update('arena', `p${index}`, index % 10, '720p');
      }
      return Array.from({ length: 20 }, (_, index) =>
        store
          .pick('arena', `p${index}`, 8)
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
    store.update('arena', 'me', 50, '720p');
    for (let round = 0; round < 50; round += 1) {
      const picked = store.pick('arena', 'me', 8);
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
        store.update('arena', `p${index}`, (index % 6) * 1_000, qualities[index % 3] ?? '');
      }
      expect(reached(graphOf(store, peers, 3, 8), 'p0')).toBe(peers);
    },
  );

  it('takes no more peers than a swarm may have, and again when one has left', () => {
    const store = newStore(1, 2);
    expect([store.join('arena', 'a'), store.join('arena', 'b')]).toEqual([true, true]);
    expect(store.join('arena', 'c')).toBe(false);
    expect(store.pick('arena', 'c', 8)).toEqual([]);
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
      });
      for (let index = 0; index < peers; index += 1) {
        store.join('arena', `p${index}`);
        store.update('arena', `p${index}`, index % 4, '720p');
      }
      store.pick('arena', 'p0', 8);
      return count;
    };
    expect(draws(50_000)).toBeLessThan(300);
  });
});
