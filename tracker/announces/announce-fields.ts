import { qualityOf, type Announce, type Browser } from '../../schemas/index.js';
import type { AnnounceFields } from '../../protocol/index.js';

/** What a session's announces have in common. */
export interface AnnouncingSession {
  readonly stream: string;
  /** 16 bytes. */
  readonly session: Buffer;
  readonly browser: Browser;
}

/** The announce as it is written: what wasn't told is 0, unknown or null. */
export function announceOf(
  session: AnnouncingSession,
  fields: AnnounceFields,
  renditions: readonly string[],
): Announce {
  return {
    stream: session.stream,
    session: session.session,
    number: fields.number,
    time: fields.time,
    segment: fields.segment ?? -1,
    quality: qualityOf(fields.quality, renditions),
    browser: session.browser,
    state: fields.state ?? 'unknown',
    watchedMs: fields.watchedMs ?? 0,
    stalledMs: fields.stalledMs ?? 0,
    stalls: fields.stalls ?? 0,
    startupMs: fields.startupMs ?? null,
    cdnBytes: fields.cdnBytes ?? 0,
    peerBytes: fields.peerBytes ?? 0,
    uploadedBytes: fields.uploadedBytes ?? 0,
    peers: fields.peers ?? 0,
    bufferLengthMs: fields.bufferLengthMs ?? null,
    liveLatencyMs: fields.liveLatencyMs ?? null,
    encodedBitrateKbps: fields.encodedBitrateKbps ?? null,
    throughputKbps: fields.throughputKbps ?? null,
    playbackRatePercent: fields.playbackRatePercent ?? null,
    droppedFrames: fields.droppedFrames ?? 0,
    errors: fields.errors ?? 0,
  };
}
