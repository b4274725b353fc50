import type { Series } from '../../graphite/index.js';
import { lastTime, type Progress } from './progress.js';
import { rangeSeries, type RangeOptions, type Values } from './range-metrics.js';

/** A stream's latest minute, and its viewers in the minutes before. */
export interface NowValues {
  /** Null: not known, as are bytes. */
  viewers: number | null;
  viewersByQuality: Record<string, number>;
  cdnBytes: number | null;
  peerBytes: number | null;
  /** Peer bytes among all bytes that were received, 0 … 1; null when none were. */
  offload: number | null;
  /** The start of the minute that the figures are of; null: none has any. */
  minuteAtMs: number | null;
  viewersHistory: Values;
}

/** The share that came from peers; null when nothing came at all. */
export function offloadOf(cdnBytes: number | null, peerBytes: number | null): number | null {
  if (cdnBytes === null || peerBytes === null) return null;
  return cdnBytes + peerBytes === 0 ? null : peerBytes / (cdnBytes + peerBytes);
}

/**
 * The latest figures below a base. A stream's points of a minute may come a moment after those over
 * all streams, so a point one minute behind still counts as its latest; older ones mean that its
 * audience is gone.
 */
export function nowValues(
  series: readonly Series[],
  times: readonly number[],
  options: RangeOptions,
  progress: Progress,
): NowValues {
  const { base, intervalMs } = options;
  const figures = rangeSeries(series, times, options);
  const own = series.find(({ name }) => name === `${base}.viewers`);
  const ownLastMs = own === undefined ? undefined : lastTime(own.points);
  const { lastMinuteAtMs } = progress;
  const isOwnRecent =
    ownLastMs !== undefined && lastMinuteAtMs !== null && ownLastMs >= lastMinuteAtMs - intervalMs;
  const minuteAtMs = isOwnRecent ? ownLastMs : lastMinuteAtMs;
  const index = minuteAtMs === null ? -1 : times.indexOf(minuteAtMs);
  const at = (values: Values): number | null => values[index] ?? null;
  const cdnBytes = at(figures.cdnBytes);
  const peerBytes = at(figures.peerBytes);
  return {
    viewers: at(figures.viewers),
    viewersByQuality: Object.fromEntries(
      Object.entries(figures.viewersByQuality)
        .map(([quality, values]): [string, number | null] => [quality, at(values)])
        .filter((entry): entry is [string, number] => entry[1] !== null && entry[1] > 0),
    ),
    cdnBytes,
    peerBytes,
    offload: offloadOf(cdnBytes, peerBytes),
    minuteAtMs,
    viewersHistory: figures.viewers,
  };
}
