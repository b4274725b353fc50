import type { StreamMinuteRow } from '../../clickhouse/index.js';
import { emptyRow } from '../audit/cells.js';

const key = { stream: 'arena', minute: 100, quality: '720p', browser: 'Chrome' };

/** A row of `stream_minutes` in minutes of 60 s. */
export function row(fields: Partial<StreamMinuteRow> = {}): StreamMinuteRow {
  return { ...emptyRow({ ...key, ...fields }, 60_000), ...fields };
}
