import { startupBoundsMs, stallBoundsMs } from './histograms.js';
import { allStreams } from './names.js';
import type { Announce, AnyRecord, Cell, PartialBatch } from './records.js';

/** The largest long that avsc reads and writes. */
export const longMax = Number.MAX_SAFE_INTEGER - 1;

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

/** Whether a reader believes this name of a stream. */
export function isStreamInBounds(stream: string): boolean {
  return stream !== '' && stream.length <= announceLimits.streamLengthMax && stream !== allStreams;
}

export function isQualityInBounds(quality: string): boolean {
  return quality !== '' && quality.length <= announceLimits.qualityLengthMax;
}

function announceError(announce: Announce): string | undefined {
  if (!isStreamInBounds(announce.stream)) return 'stream';
  if (!isQualityInBounds(announce.quality)) return 'quality';
  if (announce.segment < -1) return 'segment';
  for (const [field, max] of upperBounds) {
    const value = announce[field];
    if (typeof value === 'number' && (value < 0 || value > max)) return field;
  }
  return undefined;
}

/** A cell that lacks a bucket, or takes something away, would spoil every sum it goes into. */
function cellError(cell: Cell): string | undefined {
  if (cell.startupHistogram.length !== startupBoundsMs.length + 1) return 'startupHistogram';
  if (cell.stallHistogram.length !== stallBoundsMs.length + 1) return 'stallHistogram';
  for (const [counter, value] of Object.entries(cell) as [string, unknown][]) {
    if (typeof value === 'number' && value < 0) return counter;
  }
  const isNegative = (count: number): boolean => count < 0;
  if (cell.startupHistogram.some(isNegative)) return 'startupHistogram';
  return cell.stallHistogram.some(isNegative) ? 'stallHistogram' : undefined;
}

function partialsError(batch: PartialBatch): string | undefined {
  for (const field of ['inputPartition', 'minute', 'version'] as const) {
    if (batch[field] < 0) return `${field} out of bounds`;
  }
  for (const { stream, cells } of batch.streams) {
    for (const cell of cells) {
      const field = cellError(cell);
      if (field !== undefined) return `a cell of ${stream}: ${field} out of bounds`;
    }
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
    case 'PartialBatch':
      return partialsError(record.value);
    case 'Progress': {
      const { inputPartition, closedBefore, finalBefore } = record.value;
      const isInBounds = inputPartition >= 0 && finalBefore >= 0 && closedBefore >= 0;
      return isInBounds ? undefined : 'progress out of bounds';
    }
    default:
      return undefined;
  }
}
