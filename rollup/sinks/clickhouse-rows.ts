import type { StreamMinuteRow } from '../../clickhouse/index.js';
import { allStreams } from '../../schemas/index.js';
import type { MinuteWrite } from './sink.js';

/** The rows of a write: every cell of every stream but the one over all streams, which a query sums up. */
export function streamMinuteRows(write: MinuteWrite, intervalMs: number): StreamMinuteRow[] {
  const time = Math.floor((write.minute * intervalMs) / 1_000);
  return write.totals
    .filter(({ stream }) => stream !== allStreams)
    .flatMap(({ stream, cells }) =>
      cells.map((cell) => ({
        stream,
        minute: write.minute,
        time,
        quality: cell.quality,
        browser: cell.browser,
        viewers: cell.viewers,
        announces: cell.announces,
        watched_ms: cell.watchedMs,
        stalled_ms: cell.stalledMs,
        stalls: cell.stalls,
        cdn_bytes: cell.cdnBytes,
        peer_bytes: cell.peerBytes,
        uploaded_bytes: cell.uploadedBytes,
        dropped_frames: cell.droppedFrames,
        errors: cell.errors,
        startup_histogram: cell.startupHistogram,
        stall_histogram: cell.stallHistogram,
        version: write.version,
      })),
    );
}
