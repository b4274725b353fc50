import { describe, expect, it } from '@jest/globals';
import type { Sample } from './drain.js';
import { drainFigures } from './report.js';

const megabyte = 1_048_576;

function samplesWith(residentMegabytes: readonly number[]): Sample[] {
  return residentMegabytes.map((resident, index) => ({
    atMs: 10_000 + index * 1_000,
    rows: index * 100,
    cpuSeconds: index === 0 ? 1 : 1 + index / 10,
    clickHouseCpuSeconds: 5 + index,
    residentBytes: resident * megabyte,
    peakResidentBytes: (resident + 1) * megabyte,
  }));
}

describe('the figures of a drain', () => {
  it('count the CPU of the whole process, and apart from it what a warm one takes', () => {
    const figures = drainFigures(samplesWith([10, 10, 10, 10, 10, 10, 10]));
    expect(figures.rowsPerSecond).toBeCloseTo(100);
    expect(figures.rowsPerCpuSecond).toBeCloseTo(600 / 1.6);
    expect(figures.warmRowsPerCpuSecond).toBeCloseTo(400 / 0.4);
    expect(figures.clickHouseCpuSeconds).toBeCloseTo(6);
    expect(figures.peakMegabytes).toBe(11);
  });

  it('call memory flat when it stays after the first quarter, and not when it goes on growing', () => {
    expect(drainFigures(samplesWith([5, 10, 20, 20, 20, 20, 21, 21, 21])).isFlat).toBe(true);
    expect(drainFigures(samplesWith([5, 10, 20, 22, 24, 26, 28, 30, 32])).isFlat).toBe(false);
  });
});
