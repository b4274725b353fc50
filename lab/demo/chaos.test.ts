import { describe, expect, it } from '@jest/globals';
import type { ServiceProcess } from '../stack/index.js';
import { planKills, runKills } from './chaos.js';

function process(name: string, log: string[]): ServiceProcess {
  return {
    name,
    pid: 1,
    logFile: '',
    admin: '',
    kill: (signal) => void log.push(`${signal} ${name}`),
    stop: () => Promise.resolve(),
    start: () => {
      log.push(`start ${name}`);
      return Promise.resolve();
    },
    exited: Promise.resolve(137),
  };
}

function plan(minutes: number, log: string[] = []): ReturnType<typeof planKills> {
  const parts = {
    tracker: process('tracker-1', log),
    partialsOwner: process('rollup-1', log),
    totalsOwner: process('rollup-2', log),
  };
  return planKills(parts, 600_000, 60_000, minutes);
}

describe('chaos', () => {
  it('strikes each in the middle of a measured minute, the last one in the second', () => {
    const shown = (minutes: number): string[] =>
      plan(minutes).map((kill) => `${kill.process.name} ${kill.atMs}`);
    expect(shown(2)).toEqual(['tracker-1 618000', 'rollup-1 630000', 'rollup-2 702000']);
    expect(shown(Infinity)).toEqual(shown(2));
    expect(shown(1)).toEqual(['tracker-1 618000', 'rollup-1 630000', 'rollup-2 642000']);
  });

  it('kills with -9, starts again, and says when, what was in flight and what was resent', async () => {
    const log: string[] = [];
    const lines: string[] = [];
    let resent = 0;
    const events = await runKills(plan(1, log), {
      say: (line) => lines.push(line),
      now: () => 1_700_000_000_000,
      ownedPartitions: (_process, group) => Promise.resolve(group === 'rollup-partials' ? 4 : 2),
      announcesInFlight: () => 12,
      announcesResent: () => (resent += 5),
      wait: () => Promise.resolve(),
    });
    // The tracker is held first, so that something is in flight when it dies.
    expect(log.indexOf('SIGSTOP tracker-1')).toBeLessThan(log.indexOf('SIGKILL tracker-1'));
    expect(log.indexOf('SIGSTOP tracker-1')).toBeGreaterThanOrEqual(0);
    expect(log.filter((entry) => entry.startsWith('SIGKILL'))).toHaveLength(3);
    expect(log.filter((entry) => entry.startsWith('start'))).toHaveLength(3);
    expect(lines[0]).toContain('2023-11-14T22:13:20.000Z kill -9 tracker-1 (pid 1, a tracker)');
    expect(lines[0]).toContain('12 announces in flight');
    const text = lines.join();
    expect(text).toContain('rollup-1 (pid 1, partials, owner of 4 partitions in rollup-partials)');
    expect(text).toContain(
      'rollup-2 (pid 1, totals, owner of 2 partitions in rollup-totals-graphite)',
    );
    expect(lines.at(-1)).toMatch(/ready again .* \d+ announces resent/);
    expect(events.map(({ process: name }) => name)).toEqual(['tracker-1', 'rollup-1', 'rollup-2']);
  });
});
