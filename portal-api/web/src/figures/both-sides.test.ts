import { describe, expect, it } from '@jest/globals';
import type { MetricsAnswer, PeakAnswer, Values } from '../api/shapes.js';
import { knownOnBothSides, peakWithin, stepsUnknownToASide } from './both-sides.js';
import { summaryOf } from './sums.js';

const backMs = 1_000;
const steady: Values = [5, 5, 5, 5];

function side(viewers: Values, fromMs: number): MetricsAnswer<'summary'> {
  const times = viewers.map((_value, step) => fromMs + step * 10);
  const rest = { viewersAverage: viewers, viewsPlayed: viewers, startsFailed: viewers };
  const sums = { cdnBytes: viewers, peerBytes: viewers, stalledMs: viewers, viewsBegun: viewers };
  const ratios = { stallRatio: [], startupP50Ms: [], playedBitrateMs: [], bitrateKbps: [] };
  const series = { viewers, ...rest, ...sums, ...ratios };
  // The other fields of an answer are not read here.
  const answer = { times, stepMs: 10, closedUntilMs: fromMs + 30, series };
  return answer as unknown as MetricsAnswer<'summary'>;
}

describe('two ranges that are compared', () => {
  it.each<[Values, Values, { readonly views: number | null }]>([
    [[5, 5, 5, null], steady, { views: 15 }],
    [steady, [null, null, 5, 5], { views: 10 }],
    [[5, null, 5, 5], [5, 5, null, 5], { views: 10 }],
    [[5, null, 5, null], [null, 5, null, 5], { views: null }],
  ])('are summed up over the steps that are known on both sides: %j and %j', (one, other, sums) => {
    const shared = knownOnBothSides([side(one, 2_000), side(other, 1_000)], backMs);
    expect(shared.map((range) => summaryOf(range))).toMatchObject([sums, sums]);
  });

  it('say how many steps a side lacks of what is counted of both', () => {
    const unknown = (one: Values, other: Values) =>
      stepsUnknownToASide([side(one, 2_000), side(other, 1_000)], backMs);
    expect(unknown([5, 5, 5, null], steady)).toEqual({ unknown: 0, of: 3 });
    expect(unknown(steady, [null, 5, 5, 5])).toEqual({ unknown: 1, of: 3 });
    expect(unknown([null, 5, null, 5], [null, 5, 5, 5])).toEqual({ unknown: 1, of: 2 });
    expect(unknown([null, null], [null, null])).toEqual({ unknown: 0, of: 0 });
  });

  it('have no peak in a step that is not known on both sides', () => {
    const range = side([5, null, 5], 2_000);
    const at = (atMs: number | null) => ({ atMs, viewers: 9 }) as unknown as PeakAnswer;
    const within = [2_005, 2_010, 2_019, 2_020, 2_030, null].map(
      (atMs) => peakWithin(range, at(atMs)) !== undefined,
    );
    expect(within).toEqual([true, false, false, true, false, true]);
  });
});
