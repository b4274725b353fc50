import { announceLimits, reportedFields, reportedNumber } from './announce-fields.js';
import { countsError } from './counts.js';
import { allStreams } from './names.js';
import { neighbourMessageError, samplesError } from './neighbour-limits.js';
import type { Announce, AnyRecord, PartialBatch } from './records.js';

interface NumberBound {
  readonly field: keyof Announce;
  readonly min: number;
  readonly max: number;
}

/** Within which a reader believes an announce's numbers. */
export const numberBounds: readonly NumberBound[] = [
  { field: 'number', min: 0, max: announceLimits.numberMax },
  { field: 'time', min: 0, max: announceLimits.timeMax },
  ...reportedFields.map((field): NumberBound => {
    const { min = 0, max } = reportedNumber(field);
    return { field, min, max };
  }),
];

/** Whether a reader believes this name of a stream. */
export function isStreamInBounds(stream: string): boolean {
  return stream !== '' && stream.length <= announceLimits.streamLengthMax && stream !== allStreams;
}

export function isQualityInBounds(quality: string): boolean {
  return quality !== '' && quality.length <= announceLimits.qualityLengthMax;
}

function announceError(announce: Announce, facetValues: number): string | undefined {
  if (!isStreamInBounds(announce.stream)) return 'stream';
  if (!isQualityInBounds(announce.quality)) return 'quality';
  for (const { field, min, max } of numberBounds) {
    const value = announce[field];
    if (typeof value === 'number' && (value < min || value > max)) return field;
  }
  if (announce.facets.some((place) => place < 0 || place >= facetValues)) return 'facets';
  return undefined;
}

function partialsError(batch: PartialBatch): string | undefined {
  for (const field of ['inputPartition', 'minute', 'version'] as const) {
    if (batch[field] < 0) return `${field} out of bounds`;
  }
  for (const { stream, cells } of batch.streams) {
    for (const cell of cells) {
      const error = countsError(cell.counts);
      if (error !== undefined) return `a cell of ${stream}: ${error}`;
    }
  }
  return undefined;
}

/** Names the first value of a record that is outside its bounds. */
export function boundsError(record: AnyRecord): string | undefined {
  switch (record.type) {
    case 'AnnounceBatch': {
      const { length } = record.value.facetValues ?? [];
      if (record.value.announces.length === 0) return 'a batch without announces';
      for (const [index, announce] of record.value.announces.entries()) {
        const field = announceError(announce, length);
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
    case 'SwarmSamples':
      return samplesError(record.value);
    case 'NeighbourMessage':
      return neighbourMessageError(record.value);
    default:
      return undefined;
  }
}
