import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { measured } from '../admin/check/measured.js';
import { assumed, paperSize } from '../admin/check/paper-size.js';
import { nextWall, walls } from '../admin/check/walls.js';
import { announce } from '../rollup/testing/announces.js';
import { codec } from '../schemas/index.js';
import { publishedPage } from './testing/generated-page.js';
import { sizingPage } from './testing/sizing-page.js';

describe('docs/sizing.md', () => {
  // UPDATE_SIZING_DOC=1 writes it anew after a change of what was measured or is assumed.
  it('is what is computed', () => {
    const page = sizingPage();
    expect(publishedPage('sizing.md', page, 'UPDATE_SIZING_DOC')).toBe(page);
  });

  it('counts no fewer bytes of an announce than Kafka takes', () => {
    const batch = {
      tracker: 'tracker-12',
      written: Date.now(),
      announces: Array.from({ length: 8 }, (_, number) =>
        announce({
          stream: 'arena-main-stage',
          session: randomBytes(16),
          number,
          time: Date.now(),
          segment: 1_234_567,
          watchedMs: 30_000,
          cdnBytes: 4_000_000,
          peerBytes: 12_000_000,
          uploadedBytes: 9_000_000,
          peers: 8,
          liveLatencyMs: 4_000,
        }),
      ),
    };
    const { length } = codec().encode('AnnounceBatch', batch);
    expect(length / 8).toBeLessThanOrEqual(measured.announceBytes);
    expect(length / 8).toBeGreaterThan(measured.announceBytes / 2);
  });
});

describe('what an audience needs', () => {
  it('grows with it, in every respect', () => {
    const sizes = [1_000, 100_000, 1_000_000, 10_000_000].map(paperSize);
    for (const [index, size] of sizes.slice(1).entries()) {
      const smaller = sizes[index];
      for (const [name, value] of Object.entries(size)) {
        expect(value).toBeGreaterThanOrEqual(Number(Reflect.get(smaller ?? {}, name)));
      }
    }
    expect(paperSize(10_000_000)).toMatchObject({ trackers: 250, haproxies: 20, rollups: 49 });
  });

  it('says at each size what it runs into next, and at none what it has passed', () => {
    expect(nextWall(1_000)).toBe(walls[0]);
    expect(nextWall(39_999)?.viewers).toBe(40_000);
    expect(nextWall(40_000)?.what).toContain('rollup');
    for (const [index, { viewers }] of walls.entries()) {
      expect(nextWall(viewers)).toBe(walls[index + 1]);
    }
    expect(nextWall(10_000_000)).toBeDefined();
  });

  it('has the wall of partitions where that many rollups are needed', () => {
    const wall = walls.find(({ what }) => what.includes('no more than 32 rollups'));
    expect(paperSize(wall?.viewers ?? 0).rollups).toBe(assumed.partitions);
  });
});
