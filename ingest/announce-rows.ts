import type { LogRecord } from '../kafka/index.js';
import {
  cdnReasons,
  codec,
  failures,
  minuteOf,
  roles,
  sessionIdOf,
  type Announce,
  type AnnounceBatch,
  type FacetValue,
} from '../schemas/index.js';
import { RowBinaryWriter } from '../clickhouse/index.js';

/** The columns of `announces` in the order in which `writeAnnounceRows` writes them. */
export const announceColumns = [
  'stream',
  'session',
  'number',
  'time',
  'minute',
  'log_append_time',
  'tracker',
  'segment',
  'quality',
  'browser',
  'state',
  'watched_ms',
  'stalled_ms',
  'stalls',
  'startup_ms',
  'cdn_bytes',
  'peer_bytes',
  'uploaded_bytes',
  'peers',
  'buffer_length_ms',
  'live_latency_ms',
  'encoded_bitrate_kbps',
  'throughput_kbps',
  'playback_rate_percent',
  'dropped_frames',
  'errors',
  'kafka_partition',
  'kafka_offset',
  'batch_index',
  'role',
  'failure',
  'cdn_reason',
  'errors_network',
  'errors_media',
  'errors_drm',
  'errors_player',
  'quality_switches',
  'starting_ms',
  'seeking_ms',
  'paused_ms',
  'waiting_ms',
  'seeder_bytes',
  'connections_tried',
  'connections_made',
  'viewer',
  'facets',
] as const;

/**
 * The last time that DateTime64(3) holds: 2299-12-31. A later one is nobody's clock, so it isn't in
 * time for its minute; the minute stays as it is.
 */
export const timeMaxMs = Date.UTC(2299, 11, 31, 23, 59, 59, 999);

/** Writes a batch's announces, each with where it stands in the log: rows of `announces`. */
export function writeAnnounceRows(
  writer: RowBinaryWriter,
  record: LogRecord,
  batch: AnnounceBatch,
  intervalMs: number,
): void {
  for (const [index, announce] of batch.announces.entries()) {
    writeAnnounceRow(writer, { record, batch, announce, index }, intervalMs);
  }
}

/** The rows of a record that can be read, each by itself. */
export function rowsOfRecord(record: LogRecord, intervalMs: number): Buffer[] {
  const decoded = codec().decode(record.value);
  if (!decoded.ok || decoded.record.type !== 'AnnounceBatch') return [];
  const batch = decoded.record.value;
  const writer = new RowBinaryWriter();
  return batch.announces.map((announce, index) => {
    writeAnnounceRow(writer, { record, batch, announce, index }, intervalMs);
    return Buffer.from(writer.take());
  });
}

interface PlacedAnnounce {
  readonly record: LogRecord;
  readonly batch: AnnounceBatch;
  readonly announce: Announce;
  readonly index: number;
}

function writeAnnounceRow(
  writer: RowBinaryWriter,
  { record, batch, announce, index }: PlacedAnnounce,
  intervalMs: number,
): void {
  writer.string(announce.stream);
  writer.string(sessionIdOf(announce.session));
  writer.uint32(announce.number);
  writer.uint64(Math.min(announce.time, timeMaxMs));
  writer.uint64(minuteOf(announce.time, intervalMs));
  writer.uint64(record.logAppendTimeMs);
  writer.string(batch.tracker);
  writer.int32(announce.segment);
  writer.string(announce.quality);
  writer.string(announce.browser);
  writer.string(announce.state);
  writer.uint32(announce.watchedMs);
  writer.uint32(announce.stalledMs);
  writer.uint32(announce.stalls);
  writer.nullableUint32(announce.startupMs);
  writer.uint64(announce.cdnBytes);
  writer.uint64(announce.peerBytes);
  writer.uint64(announce.uploadedBytes);
  writer.uint32(announce.peers);
  writer.nullableUint32(announce.bufferLengthMs);
  writer.nullableUint32(announce.liveLatencyMs);
  writer.nullableUint32(announce.encodedBitrateKbps);
  writer.nullableUint32(announce.throughputKbps);
  writer.nullableUint32(announce.playbackRatePercent);
  writer.uint32(announce.droppedFrames);
  writer.uint32(announce.errors);
  writer.uint32(record.partition);
  writer.uint64(record.offset);
  writer.uint32(index);
  writeSecond(writer, announce, batch.facetValues ?? []);
}

/** What came with the second version of announces. */
function writeSecond(
  writer: RowBinaryWriter,
  announce: Announce,
  facetValues: readonly FacetValue[],
): void {
  writer.uint8(roles.indexOf(announce.role));
  writer.uint8(failures.indexOf(announce.failure));
  writer.uint8(cdnReasons.indexOf(announce.cdnReason));
  writer.uint32(announce.errorsNetwork);
  writer.uint32(announce.errorsMedia);
  writer.uint32(announce.errorsDrm);
  writer.uint32(announce.errorsPlayer);
  writer.uint32(announce.qualitySwitches);
  writer.uint32(announce.startingMs);
  writer.uint32(announce.seekingMs);
  writer.uint32(announce.pausedMs);
  writer.uint32(announce.waitingMs);
  writer.uint64(announce.seederBytes);
  writer.uint32(announce.connectionsTried);
  writer.uint32(announce.connectionsMade);
  writer.string(announce.viewer === null ? '' : sessionIdOf(announce.viewer));
  const told = announce.facets.flatMap((place) => facetValues[place] ?? []);
  writer.pairs(told.map(({ facet, value }) => [facet, value]));
}
