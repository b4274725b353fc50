import type { MetricsAnswer } from '../api/shapes.js';
import { lastKnownIndex } from '../charts/stacking.js';
import { absent, bytes, figure, percent } from '../format.js';
import type { Zone } from '../time/zone.js';
import type { Kpi } from './kpi-strip.js';
import { summaryOf } from './sums.js';

const dayMs = 86_400_000;

/** How many, how well, and what is saved: of now and of a range. */
export function subjectKpis(
  range: MetricsAnswer<'summary'>,
  latest: MetricsAnswer<'state'> | undefined,
  zone: Zone,
): readonly Kpi[] {
  const { peak, peakAtMs, cdnBytes, peerBytes, offload, stallRatio, ...starts } = summaryOf(range);
  const isLong = (range.times.at(-1) ?? 0) - (range.times[0] ?? 0) > dayMs;
  const when = (timeMs: number): string =>
    isLong ? zone.dayAndTime(timeMs, range.stepMs) : zone.time(timeMs, range.stepMs);
  return [
    nowKpi(latest, zone),
    {
      name: 'Peak',
      value: figure(peak),
      ...(peakAtMs !== null && { note: `at ${when(peakAtMs)}` }),
    },
    { name: 'Offload', value: percent(offload), note: 'peers among CDN and peers' },
    {
      name: 'Bytes saved',
      value: bytes(peerBytes),
      note: cdnBytes === null ? '' : `CDN sent ${bytes(cdnBytes)}`,
    },
    { name: 'Stalled', value: percent(stallRatio), note: 'of the time watched' },
    { name: 'Views', value: figure(starts.views), note: 'begun' },
    {
      name: 'Failed starts',
      value: figure(starts.failedStarts),
      note: starts.failedShare === null ? '' : `${percent(starts.failedShare)} of views`,
    },
  ];
}

function nowKpi(latest: MetricsAnswer<'state'> | undefined, zone: Zone): Kpi {
  const name = 'Viewers now';
  if (latest === undefined) return { name, value: absent };
  const { series, times, stepMs, state } = latest;
  const index = lastKnownIndex(series.viewers);
  const timeMs = times[index];
  if (timeMs === undefined) return { name, value: absent };
  const isKnown = state === 'current' || state === 'idle';
  if (!isKnown) {
    const since = zone.time(timeMs + stepMs, stepMs);
    return { name, value: absent, note: `not known since ${since}` };
  }
  const note = `minute of ${zone.time(timeMs, stepMs)}`;
  return { name, value: figure(series.viewers[index] ?? null), note };
}
