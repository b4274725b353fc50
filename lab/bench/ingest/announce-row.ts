import type { announceColumns } from '../../../ingest/index.js';
import type { LogRecord } from '../../../kafka/index.js';
import { minuteOf, sessionIdOf, type AnnounceBatch } from '../../../schemas/index.js';

type Column = (typeof announceColumns)[number];

/** A row of `announces` by its columns, times as milliseconds. */
export type AnnounceRow = Readonly<
  Record<Column, string | number | null | Readonly<Record<string, string>>>
>;

/** The rows of a decoded batch, as objects: what the formats other than RowBinary are made from. */
export function announceRows(
  record: LogRecord,
  batch: AnnounceBatch,
  intervalMs: number,
): AnnounceRow[] {
  return batch.announces.map((announce, index) => ({
    stream: announce.stream,
    session: sessionIdOf(announce.session),
    number: announce.number,
    time: announce.time,
    minute: minuteOf(announce.time, intervalMs),
    log_append_time: record.logAppendTimeMs,
    tracker: batch.tracker,
    segment: announce.segment,
    quality: announce.quality,
    browser: announce.browser,
    state: announce.state,
    watched_ms: announce.watchedMs,
    stalled_ms: announce.stalledMs,
    stalls: announce.stalls,
    startup_ms: announce.startupMs,
    cdn_bytes: announce.cdnBytes,
    peer_bytes: announce.peerBytes,
    uploaded_bytes: announce.uploadedBytes,
    peers: announce.peers,
    buffer_length_ms: announce.bufferLengthMs,
    live_latency_ms: announce.liveLatencyMs,
    encoded_bitrate_kbps: announce.encodedBitrateKbps,
    throughput_kbps: announce.throughputKbps,
    playback_rate_percent: announce.playbackRatePercent,
    dropped_frames: announce.droppedFrames,
    errors: announce.errors,
    kafka_partition: record.partition,
    kafka_offset: record.offset,
    batch_index: index,
    role: announce.role,
    failure: announce.failure,
    cdn_reason: announce.cdnReason,
    errors_network: announce.errorsNetwork,
    errors_media: announce.errorsMedia,
    errors_drm: announce.errorsDrm,
    errors_player: announce.errorsPlayer,
    quality_switches: announce.qualitySwitches,
    starting_ms: announce.startingMs,
    seeking_ms: announce.seekingMs,
    paused_ms: announce.pausedMs,
    waiting_ms: announce.waitingMs,
    seeder_bytes: announce.seederBytes,
    connections_tried: announce.connectionsTried,
    connections_made: announce.connectionsMade,
    viewer: announce.viewer === null ? '' : sessionIdOf(announce.viewer),
    facets: Object.fromEntries(
      announce.facets
        .flatMap((place) => batch.facetValues?.[place] ?? [])
        .map(({ facet, value }) => [facet, value]),
    ),
  }));
}
