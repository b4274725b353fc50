import { allStreams } from './names.js';
import type { Announce, AnyRecord } from './records.js';

/** Bounds of an announce's fields: what a tracker lets in and a reader believes, so that sums stay exact. */
export const announceLimits = {
  numberMax: 2 ** 31 - 1,
  durationMsMax: 600_000,
  bytesMax: 2 ** 36,
  countMax: 100_000,
  segmentMax: 2 ** 31 - 1,
  bitrateKbpsMax: 10_000_000,
  playbackRatePercentMax: 10_000,
  streamLengthMax: 100,
  qualityLengthMax: 32,
  /** 9999-12-31: a time is a date, whatever else is wrong with it. */
  timeMax: 253_402_300_799_999,
} as const;

const upperBounds: readonly (readonly [field: keyof Announce, max: number])[] = [
  ['number', announceLimits.numberMax],
  ['time', announceLimits.timeMax],
  ['watchedMs', announceLimits.durationMsMax],
  ['stalledMs', announceLimits.durationMsMax],
  ['stalls', announceLimits.countMax],
  ['startupMs', announceLimits.durationMsMax],
  ['cdnBytes', announceLimits.bytesMax],
  ['peerBytes', announceLimits.bytesMax],
  ['uploadedBytes', announceLimits.bytesMax],
  ['peers', announceLimits.countMax],
  ['bufferLengthMs', announceLimits.durationMsMax],
  ['liveLatencyMs', announceLimits.durationMsMax],
  ['encodedBitrateKbps', announceLimits.bitrateKbpsMax],
  ['throughputKbps', announceLimits.bitrateKbpsMax],
  ['playbackRatePercent', announceLimits.playbackRatePercentMax],
  ['droppedFrames', announceLimits.countMax],
  ['errors', announceLimits.countMax],
];

function announceError(announce: Announce): string | undefined {
  if (announce.stream === '' || announce.stream.length > announceLimits.streamLengthMax)
    return 'stream';
  if (announce.stream === allStreams) return 'stream';
  if (announce.quality === '' || announce.quality.length > announceLimits.qualityLengthMax)
    return 'quality';
  if (announce.segment < -1) return 'segment';
  for (const [field, max] of upperBounds) {
    const value = announce[field];
    if (typeof value === 'number' && (value < 0 || value > max)) return field;
  }
  return undefined;
}

/** Names the first value of a record that is outside its bounds. */
export function boundsError(record: AnyRecord): string | undefined {
  switch (record.type) {
    case 'AnnounceBatch': {
      if (record.value.announces.length === 0) return 'a batch without announces';
      for (const [index, announce] of record.value.announces.entries()) {
        const field = announceError(announce);
        if (field !== undefined) return `announce ${index}: ${field} out of bounds`;
      }
      return undefined;
    }
    case 'Mark':
      return record.value.written < 0 ? 'written out of bounds' : undefined;
    default:
      return undefined;
  }
}
