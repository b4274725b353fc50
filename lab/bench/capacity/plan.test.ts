import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { planCapacity, type CapacityPlan } from './plan.js';

const fifty = { viewers: 50_000, throughHaproxy: 10_000, streams: 50 };

function viewersOf({ audiences }: CapacityPlan, way: string): number {
  return audiences
    .filter((audience) => audience.way === way)
    .reduce((sum, { viewers }) => sum + viewers, 0);
}

describe('planCapacity', () => {
  it('takes as few processes as 20 000 open files allow', () => {
    const plan = planCapacity(fifty, 20_000);
    expect(plan).toMatchObject({ trackers: 3, socketsMax: 19_500, haproxies: 2 });
    expect(plan.audiences.map(({ way, viewers }) => [way, viewers])).toEqual([
      ['straight', 13_333],
      ['straight', 13_333],
      ['straight', 13_334],
      ['haproxy', 10_000],
    ]);
    expect(plan.audiences.flatMap(({ streams }) => streams)).toHaveLength(50);
  });

  it('stays below the ports between two addresses where files have no bound', () => {
    expect(planCapacity(fifty, Infinity).socketsMax).toBe(28_000);
  });

  it('has no HAProxy where nobody comes through one', () => {
    expect(planCapacity({ ...fifty, throughHaproxy: 0 }, 20_000).haproxies).toBe(0);
  });

  it('refuses fewer streams than there are processes of viewers', () => {
    expect(() => planCapacity({ ...fifty, streams: 3 }, 20_000)).toThrow(/4 processes/);
  });

  it('seats every viewer once, within the bounds, and has no stream twice or without viewers', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 300_000 }),
        fc.float({ min: 0, max: 1, noNaN: true }),
        fc.integer({ min: 1_024, max: 30_000 }),
        (viewers, share, openFilesMax) => {
          const throughHaproxy = Math.floor(viewers * share);
          const options = { viewers, throughHaproxy, streams: 1_000 };
          const plan = planCapacity(options, openFilesMax);
          expect(viewersOf(plan, 'haproxy')).toBe(throughHaproxy);
          expect(viewersOf(plan, 'straight')).toBe(viewers - throughHaproxy);
          for (const audience of plan.audiences) {
            expect(audience.streams).not.toHaveLength(0);
            expect(audience.viewers / audience.streams.length).toBeGreaterThan(
              audience.streams.length === 1 ? 0 : 50,
            );
            expect(audience.viewers).toBeGreaterThan(0);
            expect(audience.viewers).toBeLessThan(openFilesMax);
          }
          expect(viewers / plan.trackers).toBeLessThan(plan.socketsMax);
          const dealt = plan.audiences.flatMap(({ streams }) => streams);
          expect(new Set(dealt).size).toBe(dealt.length);
        },
      ),
    );
  });
});
