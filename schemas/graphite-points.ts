import { addCounters, emptyCounters } from './counters.js';
import { encodeNamePart } from './graphite-names.js';
import { quantileOf, startupBoundsMs } from './histograms.js';
import { allStreams } from './names.js';
import type { Cell } from './records.js';

/** Points of one time, by full metric name. */
export type Points = Record<string, number>;

/** The name under which a stream's metrics go: `<prefix>.streams.<stream>`, or `<prefix>.total` over all. */
export function metricBase(prefix: string, stream: string): string {
  return stream === allStreams ? `${prefix}.total` : `${prefix}.streams.${encodeNamePart(stream)}`;
}

/** Every metric of §4 of one stream and minute. Bytes and counts are sums of the minute; start-up is absent when nobody started. */
export function streamPoints(base: string, cells: readonly Cell[], intervalMs: number): Points {
  const points: Points = {};
  const sum = emptyCounters();
  const add = (name: string, value: number): void => {
    const metric = `${base}.${name}`;
    points[metric] = (points[metric] ?? 0) + value;
  };
  for (const cell of cells) {
    addCounters(sum, cell);
    const quality = encodeNamePart(cell.quality);
    const browser = encodeNamePart(cell.browser);
    add(`viewers_by_quality.${quality}`, cell.viewers);
    add(`browsers.${browser}`, cell.viewers);
    add(`browsers_by_quality.${quality}.${browser}`, cell.viewers);
    add(`bytes_by_quality.${quality}.cdn`, cell.cdnBytes);
    add(`bytes_by_quality.${quality}.p2p`, cell.peerBytes);
  }
  add('viewers', sum.viewers);
  add('viewers_average', sum.watchedMs / intervalMs);
  add('bytes.cdn', sum.cdnBytes);
  add('bytes.p2p', sum.peerBytes);
  add('bytes.uploaded', sum.uploadedBytes);
  add('stalls', sum.stalls);
  const playedMs = sum.watchedMs + sum.stalledMs;
  add('stall_ratio', playedMs === 0 ? 0 : sum.stalledMs / playedMs);
  for (const [name, quantile] of [
    ['p50', 0.5],
    ['p95', 0.95],
  ] as const) {
    const startupMs = quantileOf(sum.startupHistogram, startupBoundsMs, quantile);
    if (startupMs !== undefined) points[`${base}.startup_ms.${name}`] = startupMs;
  }
  return points;
}

/** A quantile has no zero: when nobody started there's nothing to tell. */
export function fallsToZero(metric: string): boolean {
  return !/\.startup_ms\.p\d+$/.test(metric);
}
