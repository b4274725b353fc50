import type { LogRecord } from '../kafka/index.js';
import { minuteOf, sessionIdOf, type AnnounceBatch } from '../schemas/index.js';
import type { RowBinaryWriter } from './row-binary.js';

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
  }
}
