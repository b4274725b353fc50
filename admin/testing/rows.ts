import type { StreamMinuteRow } from '../../clickhouse/index.js';
import { emptyRow } from '../audit/cells.js';

const key = { stream: 'arena', minute: 100, quality: '720p', browser: 'Chrome' };

/** A row of `stream_minutes` in minutes of 60 s. */
export function row(fields: Partial<StreamMinuteRow> = {}): StreamMinuteRow {
  const like = { ...key, ...fields };
  const bare = { time: 0, viewers: 0, announces: 0, watched_ms: 0, stalled_ms: 0, stalls: 0 };
  const bytes = { cdn_bytes: 0, peer_bytes: 0, uploaded_bytes: 0, dropped_frames: 0, errors: 0 };
  const histograms = { startup_histogram: [], stall_histogram: [] };
  return {
    ...emptyRow({ ...bare, ...bytes, ...histograms, version: 0, ...like }, 60_000),
    ...fields,
  };
}
