import { facetMinuteRow, streamMinuteRow, type MinuteRow } from '../../clickhouse/index.js';
import { allStreams } from '../../schemas/index.js';
import type { MinuteWrite } from './sink.js';

/**
 * The rows of a write: every cell and facet of every stream but the one over all streams, which a
 * query sums up.
 */
export function minuteRows(write: MinuteWrite, intervalMs: number): MinuteRow[] {
  const { minute, version } = write;
  return write.totals
    .filter(({ stream }) => stream !== allStreams)
    .flatMap(({ stream, cells, facets = [] }): MinuteRow[] => {
      const place = { stream, minute, version };
      return [
        ...cells.map((cell) => streamMinuteRow(place, cell, intervalMs)),
        ...facets.map((facet) => facetMinuteRow(place, facet, intervalMs)),
      ];
    });
}
