import { streamMinuteRow, type StreamMinuteRow } from '../../clickhouse/index.js';
import { allStreams } from '../../schemas/index.js';
import type { MinuteWrite } from './sink.js';

/**
 * The rows of a write: every cell of every stream but the one over all streams, which a query sums
 * up.
 */
export function streamMinuteRows(write: MinuteWrite, intervalMs: number): StreamMinuteRow[] {
  const { minute, version } = write;
  return write.totals
    .filter(({ stream }) => stream !== allStreams)
    .flatMap(({ stream, cells }) => {
      const place = { stream, minute, version };
      return cells.map((cell) => streamMinuteRow(place, cell, intervalMs));
    });
}
