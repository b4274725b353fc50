import { describe, expect, it } from '@jest/globals';
import { growthPlot, lineThrough } from './growth-plot.js';

const points = [1, 2, 4, 8].map((count) => ({ count, cpuSeconds: 0.5 + 2 * count }));

describe('lineThrough', () => {
  it('finds what is fixed and what each costs', () => {
    const line = lineThrough(points);
    expect(line.fixed).toBeCloseTo(0.5);
    expect(line.each).toBeCloseTo(2);
    expect(line.fit).toBeCloseTo(1);
  });

  it('says that a square is no line', () => {
    const squares = points.map(({ count }) => ({ count, cpuSeconds: count ** 3 }));
    expect(lineThrough(squares).fit).toBeLessThan(0.95);
  });
});

describe('growthPlot', () => {
  it('draws every point within the picture', () => {
    const svg = growthPlot([{ title: 'By announces', unit: 'announces', points }]);
    const places = [...svg.matchAll(/<circle class="point" cx="([\d.]+)" cy="([\d.]+)"/g)];
    expect(places).toHaveLength(points.length);
    for (const [, x, y] of places) {
      expect(Number(x)).toBeLessThanOrEqual(380);
      expect(Number(y)).toBeLessThanOrEqual(300);
    }
  });
});
