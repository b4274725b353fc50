import { describe, expect, it } from '@jest/globals';
import { sumMax } from '../../../metrics/at-least.js';
import type { MetricsAnswer } from '../api/shapes.js';
import {
  isOnlyCounted,
  knownOfBoth,
  peakOf,
  ratioOf,
  shareOf,
  summaryOf,
  sumOf,
  unknownSteps,
  viewerMinutesOf,
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

  it('multiply viewers by how long a step is, but what is at its bound', () => {
    expect(viewerMinutesOf([1_000, null, 2_000], 600_000)).toBe(30_000);
    expect(viewerMinutesOf([sumMax], 600_000)).toBe(sumMax);
  });

  it('of two ranges are of the steps that both know, one later than the other', () => {
    const one = summed({ times: [100, 110, 120], viewers: [1, 1, null], viewsBegun: [5, 5, 5] });
    const other = summed({ times: [0, 10, 20], viewers: [null, 1, 1], viewsBegun: [5, 5, 5] });
    const [ours, theirs] = knownOfBoth(one, other, 100);
    expect([ours.series.viewsBegun, theirs.series.viewsBegun]).toEqual([
      [null, 5, null],
      [null, 5, null],
    ]);
  });

  it('tell those who are only counted from those of whom nothing was fetched', () => {
    const nothing = { viewersAverage: [0], cdnBytes: [0], peerBytes: [0], viewsBegun: [0] };
    expect(isOnlyCounted(summed({ times: [0], viewers: [9], ...nothing }))).toBe(true);
    expect(isOnlyCounted(summed({ times: [0], viewers: [0], ...nothing }))).toBe(false);
    expect(
      isOnlyCounted(summed({ times: [0], viewers: [9], ...nothing, viewersAverage: [9] })),
    ).toBe(false);
  });
});

/** A range of these series; what isn't given is known of no step. */
function summed({
  times,
  ...series
}: { readonly times: readonly number[] } & Readonly<Record<string, readonly (number | null)[]>>) {
  const unknown = times.map(() => null);
  const none = { viewersAverage: unknown, cdnBytes: unknown, peerBytes: unknown };
  return { times, stepMs: 10, series: { ...none, ...series } } as unknown as Pick<
    MetricsAnswer<'summary'>,
    'times' | 'stepMs' | 'series'
  >;
}
