import Table from 'cli-table3';
import { offloadOf, type StreamFigures } from './figures.js';

const units = ['B', 'kB', 'MB', 'GB', 'TB'];

/** Bytes for people: three digits and the unit. */
export function bytesText(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1_000;
    unit += 1;
  }
  const digits = unit === 0 || value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2;
  return `${value.toFixed(digits)} ${units[unit] ?? ''}`;
}

/** '480p' before '1080p', names after heights. */
function byHeight([a]: readonly [string, number], [b]: readonly [string, number]): number {
  return a.localeCompare(b, 'en', { numeric: true });
}

/** The table of a minute. `delaysMs`: how long after its end Graphite had it, by stream. */
export function minuteTable(
  timeMs: number,
  streams: readonly StreamFigures[],
  delaysMs: ReadonlyMap<string, number>,
): string {
  const table = new Table({
    head: ['stream', 'viewers', 'by quality', 'CDN', 'peers', 'offload', 'in Graphite after'],
    colAligns: ['left', 'right', 'left', 'right', 'right', 'right', 'right'],
    style: { head: [], border: [] },
  });
  for (const figures of streams) {
    const delayMs = delaysMs.get(figures.stream);
    table.push([
      figures.stream,
      String(figures.viewers),
      Object.entries(figures.viewersByQuality)
        .toSorted(byHeight)
        .map(([quality, viewers]) => `${quality} ${viewers}`)
        .join('  '),
      bytesText(figures.cdnBytes),
      bytesText(figures.peerBytes),
      `${(offloadOf(figures) * 100).toFixed(1)} %`,
      delayMs === undefined ? 'not yet' : `${(delayMs / 1_000).toFixed(2)} s`,
    ]);
  }
  return `minute of ${new Date(timeMs).toISOString()}\n${table.toString()}\n`;
}
