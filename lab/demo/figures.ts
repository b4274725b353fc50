import type { ExpectedCell, Points } from '../oracle/index.js';
import { decodeNamePart, metricBase } from '../../graphite/index.js';

/** What the table shows of a stream's minute. */
export interface StreamFigures {
  readonly stream: string;
  readonly viewers: number;
  readonly viewersByQuality: Readonly<Record<string, number>>;
  readonly cdnBytes: number;
  readonly peerBytes: number;
  readonly uploadedBytes: number;
}

/** The share of all that was fetched that came from peers; 0 when nothing was. */
export function offloadOf({ cdnBytes, peerBytes }: StreamFigures): number {
  const bytes = cdnBytes + peerBytes;
  return bytes === 0 ? 0 : peerBytes / bytes;
}

/** Below a stream's name: what `isWhole` looks at. */
export const wholeMinuteMetrics: readonly string[] = [
  'viewers',
  'viewers_by_quality.*',
  'browsers.*',
  'bytes.*',
];

/**
 * True: Graphite has all of a stream's minute and not a part of it. A minute's points come one
 * after the other, and new metrics have their files made first. The sums by quality and by browser
 * are the total, always.
 */
export function isWhole(points: Points, prefix: string, stream: string, timeMs: number): boolean {
  const base = `${metricBase(prefix, stream)}.`;
  const value = (name: string): number | undefined => points.get(base + name)?.get(timeMs);
  const sumOf = (group: string): number => {
    let sum = 0;
    for (const [metric, values] of points) {
      if (metric.startsWith(`${base}${group}.`)) sum += values.get(timeMs) ?? 0;
    }
    return sum;
  };
  const viewers = value('viewers');
  return (
    viewers !== undefined &&
    ['bytes.cdn', 'bytes.p2p', 'bytes.uploaded'].every((name) => value(name) !== undefined) &&
    sumOf('viewers_by_quality') === viewers &&
    sumOf('browsers') === viewers
  );
}

/** From what Graphite answered. */
export function figuresFromPoints(
  points: Points,
  prefix: string,
  stream: string,
  timeMs: number,
): StreamFigures {
  const base = `${metricBase(prefix, stream)}.`;
  const value = (name: string): number => points.get(base + name)?.get(timeMs) ?? 0;
  const qualities = `${base}viewers_by_quality.`;
  const viewersByQuality: Record<string, number> = {};
  for (const [metric, values] of points) {
    const viewers = metric.startsWith(qualities) ? (values.get(timeMs) ?? 0) : 0;
    const quality = decodeNamePart(metric.slice(qualities.length));
    if (viewers > 0 && quality !== undefined) viewersByQuality[quality] = viewers;
  }
  return {
    stream,
    viewers: value('viewers'),
    viewersByQuality,
    cdnBytes: value('bytes.cdn'),
    peerBytes: value('bytes.p2p'),
    uploadedBytes: value('bytes.uploaded'),
  };
}

/** From the viewers' own record. */
export function figuresFromCells(
  cells: readonly ExpectedCell[],
  stream: string,
  minute: number,
): StreamFigures {
  const viewersByQuality: Record<string, number> = {};
  let viewers = 0;
  let cdnBytes = 0;
  let peerBytes = 0;
  let uploadedBytes = 0;
  for (const cell of cells) {
    if (cell.stream !== stream || cell.minute !== minute) continue;
    viewers += cell.viewers;
    cdnBytes += cell.cdnBytes;
    peerBytes += cell.peerBytes;
    uploadedBytes += cell.uploadedBytes;
    if (cell.viewers > 0) {
      viewersByQuality[cell.quality] = (viewersByQuality[cell.quality] ?? 0) + cell.viewers;
    }
  }
  return { stream, viewers, viewersByQuality, cdnBytes, peerBytes, uploadedBytes };
}
