import { isAtLeast } from '../../../metrics/at-least.js';
import type { MetricsAnswer, PeakAnswer } from '../api/shapes.js';
import { lastKnownIndex } from '../charts/stacking.js';
import { absent, bytes, duration, figure, marked, percent } from '../format.js';
import type { Zone } from '../time/zone.js';
import type { Kpi } from './kpi-strip.js';
import { summaryOf } from './sums.js';

const dayMs = 86_400_000;

/**
 * How many, how well, and what is saved: of now and of a range. `minute`: of the range, in which
 * most watched, where it is known beside longer steps.
 */
export function subjectKpis(
  range: MetricsAnswer<'summary'>,
  latest: MetricsAnswer<'state'> | undefined,
  zone: Zone,
  minute?: PeakAnswer,
): readonly Kpi[] {
  const { peak, peakAtMs, peakOfMs, ...rest } = summaryOf(range, minute);
  const { cdnBytes, peerBytes, offload, stallRatio, ...starts } = rest;
  const isLong = (range.times.at(-1) ?? 0) - (range.times[0] ?? 0) > dayMs;
  const when = (timeMs: number): string =>
    isLong ? zone.dayAndTime(timeMs, peakOfMs) : zone.time(timeMs, peakOfMs);
  return [
    nowKpi(latest, zone),
    {
      name: peakName(peakOfMs, range.intervalMs),
      value: figure(peak),
      isMarked: isAtLeast(((peak ?? 0) * peakOfMs) / range.intervalMs),
      ...(peakAtMs !== null && { note: `at ${when(peakAtMs)}` }),
    },
    { name: 'Offload', value: percent(offload), note: 'peers among CDN and peers' },
    {
      name: 'Bytes saved',
      value: bytes(peerBytes),
      isMarked: isAtLeast(peerBytes),
      note: cdnBytes === null ? '' : `CDN sent ${marked(bytes(cdnBytes), isAtLeast(cdnBytes))}`,
    },
    { name: 'Stalled', value: percent(stallRatio), note: 'of the time watched' },
    {
      name: 'Views',
      value: figure(starts.views),
      isMarked: isAtLeast(starts.views),
      note: 'begun',
    },
    {
      name: 'Failed starts',
      value: figure(starts.failedStarts),
      isMarked: isAtLeast(starts.failedStarts),
      note: starts.failedShare === null ? '' : `${percent(starts.failedShare)} of views`,
    },
  ];
}

/** A step's mean isn't called a peak: minutes of it are higher. */
export function peakName(ofMs: number, intervalMs: number): string {
  return ofMs > intervalMs ? `Highest mean of ${duration(ofMs)}` : 'Peak';
}

function nowKpi(latest: MetricsAnswer<'state'> | undefined, zone: Zone): Kpi {
  const name = 'Viewers now';
  if (latest === undefined) return { name, value: absent };
  const { series, times, stepMs, intervalMs, state } = latest;
  const index = lastKnownIndex(series.viewers);
  const timeMs = times[index];
  if (timeMs === undefined) return { name, value: absent };
  const isKnown = state === 'current' || state === 'idle';
  if (!isKnown) {
    const since = zone.time(timeMs + stepMs, stepMs);
    return { name, value: absent, note: `not known since ${since}` };
  }
  const note = `minute of ${zone.time(timeMs, stepMs)}`;
  const viewers = series.viewers[index] ?? null;
  const isMarked = isAtLeast(((viewers ?? 0) * stepMs) / intervalMs);
  return { name, value: figure(viewers), isMarked, note };
}
