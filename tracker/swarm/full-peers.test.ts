import { describe, expect, it } from '@jest/globals';
import type { SwarmStore } from './swarm-store.js';
import { announce, idsOf, newStore, pick } from './testing/stores.js';

describe('those that have no room', () => {
  describe('where one with six connections has rejected an offer', () => {
    const rejectedAtMs = 1_000;
    const fullUntilMs = rejectedAtMs + 300_000;

    /** `peers` that have three connections each, but for the full one. */
    function withFull(peers = 12): SwarmStore {
      const store = newStore();
      for (let index = 0; index < peers; index += 1) {
        store.join('arena', `p${index}`);
        announce(store, `p${index}`, { connections: 3 });
      }
      announce(store, 'p1', { connections: 6 });
      store.rejected('arena', 'p1', rejectedAtMs);
      return store;
    }

    function othersAnnounce(store: SwarmStore, nowMs: number): void {
      for (let index = 0; index < 12; index += 1) {
        if (index !== 1) announce(store, `p${index}`, { connections: 3 }, nowMs);
      }
    }

    /** Whether somebody with so many connections is told of it, who asks for all. */
    function isTold(store: SwarmStore, nowMs: number, connections: number): boolean {
      const id = `asks at ${nowMs}`;
      othersAnnounce(store, nowMs);
      store.join('arena', id);
      announce(store, id, { connections }, nowMs);
      const told = idsOf(pick(store, id, 100, { nowMs }));
      store.leave('arena', id);
      return told.includes('p1');
    }

    it('it has no room for as long as it has six, for five minutes at most', () => {
      const store = withFull();
      for (let nowMs = 10_000; nowMs < fullUntilMs; nowMs += 10_000) {
        announce(store, 'p1', { connections: 6 }, nowMs);
        expect(isTold(store, nowMs, 2)).toBe(false);
      }
      announce(store, 'p1', { connections: 6 }, fullUntilMs);
      expect(isTold(store, fullUntilMs, 2)).toBe(true);
    });

    it('it has room again once it says that it has five', () => {
      const store = withFull();
      announce(store, 'p1', { connections: 6 }, 40_000);
      announce(store, 'p1', { connections: 5 }, 50_000);
      expect(isTold(store, 50_000, 2)).toBe(true);
    });

    it('it has no room with seven either, nor with six afterwards, if it had seven', () => {
      const store = withFull();
      announce(store, 'p1', { connections: 7 }, 40_000);
      expect(isTold(store, 40_000, 2)).toBe(false);
      announce(store, 'p1', { connections: 6 }, 50_000);
      expect(isTold(store, 50_000, 2)).toBe(true);
    });

    it('it has room where the clock was set back', () => {
      const store = withFull();
      const nowMs = rejectedAtMs - 500;
      announce(store, 'p1', { connections: 6 }, nowMs);
      expect(isTold(store, nowMs, 2)).toBe(true);
    });

    it('it has room after half a minute if it says that it has none', () => {
      const store = withFull();
      announce(store, 'p1', { connections: 0 }, 20_000);
      expect(isTold(store, 20_000, 2)).toBe(false);
      expect(isTold(store, rejectedAtMs + 30_000, 2)).toBe(true);
    });

    it('who has nobody is told of it too, and everybody in a swarm of a few', () => {
      const full = withFull();
      announce(full, 'p1', { connections: 6 }, 40_000);
      expect(isTold(full, 40_000, 0)).toBe(true);
      const few = withFull(4);
      announce(few, 'p1', { connections: 6 }, 40_000);
      expect(isTold(few, 40_000, 2)).toBe(true);
    });

    it('who met it in vain is not told of it again, nor instead of nobody', () => {
      const store = withFull();
      const isTold = (nowMs: number): boolean => {
        othersAnnounce(store, nowMs);
        return idsOf(pick(store, 'p2', 100, { nowMs })).includes('p1');
      };
      announce(store, 'p1', { connections: 5 }, 40_000);
      expect(isTold(40_000)).toBe(true);
      store.rejected('arena', 'p1', 41_000);
      expect(isTold(50_000)).toBe(false);
    });
  });

  it('finds the few that have room in a large swarm of full ones', () => {
    const store = newStore();
    for (let index = 0; index < 1_000; index += 1) {
      store.join('arena', `p${index}`);
      announce(store, `p${index}`, { connections: 6 });
      store.rejected('arena', `p${index}`, 0);
      announce(store, `p${index}`, { connections: index % 100 === 7 ? 5 : 6 }, 29_000);
    }
    store.join('arena', 'late');
    announce(store, 'late', { connections: 1 }, 30_000);
    const told = idsOf(pick(store, 'late', 8, { nowMs: 30_000 }));
    expect(told).toHaveLength(8);
    for (const id of told) expect(id).toMatch(/^p(\d0)?7$/);
  });
});
