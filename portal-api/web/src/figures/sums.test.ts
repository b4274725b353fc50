import { describe, expect, it } from '@jest/globals';
import { sumMax } from '../../../metrics/at-least.js';
import type { MetricsAnswer } from '../api/shapes.js';
import {
  isWatchedOnly,
  peakOf,
  ratioOf,
  shareOf,
  summaryOf,
  sumOf,
  unknownSteps,
  weightedMean,
} from './sums.js';

function answer(
  viewers: readonly (number | null)[],
  closedUntilMs: number,
): MetricsAnswer<'state'> {
  const times = viewers.map((_value, index) => index * 10);
  // The other series are not read here.
  return {
    times,
    stepMs: 10,
    closedUntilMs,
    series: { viewers },
  } as unknown as MetricsAnswer<'state'>;
}

describe('sums over a range', () => {
  it('are of what is known, and unknown where nothing is', () => {
    expect(sumOf([1, null, 0, 2])).toBe(3);
    expect(sumOf([0])).toBe(0);
    expect(sumOf([null])).toBeNull();
  });

  it('have a peak with its place', () => {
    expect(peakOf([0, 5, null, 5])).toEqual({ value: 5, index: 1 });
    expect(peakOf([null])).toBeUndefined();
  });

  it('weigh each ratio by its audience', () => {
    expect(weightedMean([0.5, 0, null], [10, 30, 99])).toBeCloseTo(0.125);
    expect(weightedMean([0.5], [0])).toBeNull();
  });

  it('tell what was stalled of all time, and the bitrate by the time that was played', () => {
    const rest = { cdnBytes: [], peerBytes: [], viewsBegun: [], startsFailed: [] };
    const starts = { viewers: [], startupP50Ms: [], viewsPlayed: [] };
    const stalls = { stallRatio: [], stalledMs: [0, 90, 100], viewersAverage: [10, 1, 0] };
    const bitrates = { bitrateKbps: [900, 300, null], playedBitrateMs: [20, 10, 0] };
    const told = summaryOf({
      times: [0, 10, 20],
      stepMs: 10,
      series: { ...rest, ...starts, ...stalls, ...bitrates },
    });
    expect(told.stallRatio).toBeCloseTo(190 / 300);
    expect(told.bitrateKbps).toBeCloseTo(700);
  });

  it('have the minute with most viewers as their peak, and else say what they are the mean of', () => {
    const ratios = { stalledMs: [], stallRatio: [], playedBitrateMs: [], bitrateKbps: [] };
    const empty = { viewersAverage: [], cdnBytes: [], peerBytes: [], ...ratios };
    const starts = { startupP50Ms: [], viewsBegun: [], viewsPlayed: [] };
    const range = {
      times: [0, 30, 60],
      stepMs: 30,
      series: { ...empty, ...starts, startsFailed: [], viewers: [40, 1_675, 10] },
    };
    const known = { intervalMs: 1, closedUntilMs: 90, fromMs: 3, atLeast: [] };
    const minute = { ...known, viewers: 10_000, atMs: 45 };
    const mean = { peak: 1_675, peakAtMs: 30, peakOfMs: 30 };
    expect(summaryOf(range)).toMatchObject(mean);
    const none = { ...minute, viewers: null, atMs: null };
    expect(summaryOf(range, none)).toMatchObject(mean);
    expect(summaryOf(range, minute)).toMatchObject({ peak: 10_000, peakAtMs: 45, peakOfMs: 1 });
    // Of what is older than the minutes the means are all that is known.
    const lower = { ...minute, viewers: 20, fromMs: 60 };
    expect(summaryOf(range, lower)).toMatchObject(mean);
  });

  it('stop at their bound, and know no ratio of what stands there', () => {
    const starts = { startupP50Ms: [], viewsBegun: [4], viewsPlayed: [], startsFailed: [sumMax] };
    const series = {
      ...starts,
      viewers: [4, 4],
      viewersAverage: [sumMax / 10, 4],
      cdnBytes: [sumMax, sumMax],
      peerBytes: [1, 1],
      stallRatio: [null, 0.5],
      stalledMs: [7, 40],
      bitrateKbps: [null, 900],
      playedBitrateMs: [8, 40],
    };
    expect(summaryOf({ times: [0, 10], stepMs: 10, series })).toMatchObject({
      cdnBytes: sumMax,
      peerBytes: 2,
      offload: null,
      stallRatio: null,
      bitrateKbps: null,
      failedShare: null,
    });
  });

  it('are not known of players that tell only that somebody watches', () => {
    const zeros = [0, null, 0];
    const ratios = { stallRatio: [], startupP50Ms: [], bitrateKbps: [] };
    const sums = { cdnBytes: zeros, peerBytes: zeros, stalledMs: zeros, startsFailed: zeros };
    const views = { viewsBegun: zeros, viewsPlayed: zeros, playedBitrateMs: zeros };
    const series = { ...ratios, ...sums, ...views, viewers: [9, null, 7], viewersAverage: zeros };
    const range = { times: [0, 10, 20], stepMs: 10, series };
    const unknown = { cdnBytes: null, peerBytes: null, views: null, failedStarts: null };
    expect(summaryOf(range)).toMatchObject({ ...unknown, peak: 9 });
    const told = [
      { viewers: zeros },
      { viewersAverage: [0, null, 0.1] },
      { peerBytes: [1, null, 0] },
      { viewsBegun: [1, null, 0] },
    ];
    for (const one of told) {
      const other = { ...range, series: { ...series, ...one } };
      expect(isWatchedOnly(other)).toBe(false);
      expect(summaryOf(other)).toMatchObject({ cdnBytes: 0, failedStarts: 0 });
    }
  });

  it('tell a share of nothing from none', () => {
    expect([shareOf(0, 0), shareOf(null, 3), shareOf(1, 3)]).toEqual([null, null, 0.75]);
    expect([ratioOf(1, 0), ratioOf(1, null), ratioOf(0, 2)]).toEqual([null, null, 0]);
  });
});

describe('what is not known of a range', () => {
  it('lies between the first figure and what was counted last', () => {
    expect(unknownSteps(answer([null, 1, null, 2, null, null], 40))).toEqual({ unknown: 1, of: 3 });
    expect(unknownSteps(answer([null, null], 20))).toEqual({ unknown: 0, of: 0 });
  });
});
