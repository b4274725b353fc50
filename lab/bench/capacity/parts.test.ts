import { describe, expect, it } from '@jest/globals';
import { partFigures } from './parts.js';
import type { ProcessFigures, Snapshot } from './processes.js';

function used(pid: number, cpuSeconds: number, residentBytes: number, group = pid): ProcessFigures {
  return { pid, group, cpuSeconds, residentBytes };
}

function snapshot(atMs: number, busySeconds: number, ...processes: ProcessFigures[]): Snapshot {
  return { atMs, processes, machine: { busySeconds, kernelBytes: 100 * busySeconds } };
}

describe('partFigures', () => {
  const moments = {
    empty: snapshot(0, 0, used(10, 1, 1_000)),
    joined: snapshot(50_000, 8, used(10, 1.75, 5_000), used(20, 0, 7_000)),
    begin: snapshot(60_000, 10, used(10, 2, 5_000), used(11, 3, 500, 10), used(20, 0, 7_000)),
    end: snapshot(70_000, 20, used(10, 4, 6_000), used(11, 4, 1_000, 10), used(20, 1, 7_000)),
  };

  it('adds up what a process and its workers took in the measured time', () => {
    const [proxies] = partFigures([{ name: 'HAProxy', pids: [10], viewers: 30 }], moments);
    expect(proxies).toEqual({
      name: 'HAProxy',
      processes: 2,
      viewers: 30,
      cores: 0.3,
      viewersPerCore: 100,
      cpuMsPerJoin: 25,
      residentBytes: 7_000,
      bytesPerViewer: 200,
    });
  });

  it('has the whole machine last, with what its kernel took', () => {
    const parts = [
      { name: 'HAProxy', pids: [10], viewers: 30 },
      { name: 'trackers', pids: [20], viewers: 100 },
    ];
    expect(partFigures(parts, moments).at(-1)).toMatchObject({
      processes: 3,
      viewers: 100,
      cores: 1,
      viewersPerCore: 100,
      cpuMsPerJoin: 80,
      residentBytes: 7_000 + 7_000 + 2_000,
      bytesPerViewer: (6_000 + 7_000 + 2_000) / 100,
    });
  });
});
