import { announceLimits, reportedFields, reportedNumber } from './announce-fields.js';
import { countsError } from './counts.js';
import { allStreams } from './names.js';
import { neighbourMessageError, samplesError } from './neighbour-limits.js';
import type { Announce, AnnounceBatch, AnyRecord, FacetValue, PartialBatch } from './records.js';

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

export const facetLimits = {
  /** Values that one announce has, each of another facet. */
  perAnnounceMax: 16,
  facetLengthMax: 40,
  valueLengthMax: 64,
} as const;

export function isFacetInBounds(facet: string): boolean {
  return facet !== '' && facet.length <= facetLimits.facetLengthMax;
}

export function isFacetValueInBounds(value: string): boolean {
  return value !== '' && value.length <= facetLimits.valueLengthMax;
}

function areFacetsInBounds(places: readonly number[], values: readonly FacetValue[]): boolean {
  const facets = new Set(places.map((place) => values[place]?.facet));
  const isEachOnce = facets.size === places.length && !facets.has(undefined);
  return isEachOnce && places.length <= facetLimits.perAnnounceMax;
}

function announceError(announce: Announce, facetValues: readonly FacetValue[]): string | undefined {
  if (!isStreamInBounds(announce.stream)) return 'stream';
  if (!isQualityInBounds(announce.quality)) return 'quality';
  for (const { field, min, max } of numberBounds) {
    const value = announce[field];
    if (typeof value === 'number' && (value < min || value > max)) return field;
  }
  const { facets } = announce;
  if (facets.length > 0 && !areFacetsInBounds(facets, facetValues)) return 'facets';
  return undefined;
}

function announcesError({ announces, facetValues = [] }: AnnounceBatch): string | undefined {
  if (announces.length === 0) return 'a batch without announces';
  const areValuesInBounds = facetValues.every(
    ({ facet, value }) => isFacetInBounds(facet) && isFacetValueInBounds(value),
  );
  if (!areValuesInBounds) return 'facetValues out of bounds';
  for (const [index, announce] of announces.entries()) {
    const field = announceError(announce, facetValues);
    if (field !== undefined) return `announce ${index}: ${field} out of bounds`;
  }
  return undefined;
}

function partialsError(batch: PartialBatch): string | undefined {
  for (const field of ['inputPartition', 'minute', 'version'] as const) {
    if (batch[field] < 0) return `${field} out of bounds`;
  }
  for (const { stream, cells, facets = [] } of batch.streams) {
    for (const { counts } of [...cells, ...facets]) {
      const error = countsError(counts);
      if (error !== undefined) return `a cell of ${stream}: ${error}`;
    }
  }
  return undefined;
}

/** Names the first value of a record that is outside its bounds. */
export function boundsError(record: AnyRecord): string | undefined {
  switch (record.type) {
    case 'AnnounceBatch':
      return announcesError(record.value);
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
