import { counterOf, type CounterName } from '../counter-table.js';
import { countsError, placesMax, placesOf } from '../counts.js';
import type { Counts } from '../records.js';
import type { VarintReader } from './varint-reader.js';
import type { VarintWriter } from './varint-writer.js';

/** How the counts of a cell stand in one schema of `PartialBatch`. */
export interface CellFormat {
  /** Leaves out what the schema doesn't have. */
  readonly write: (writer: VarintWriter, counts: Counts) => void;
  /** Where something else stands there, the reader is broken. */
  readonly read: (numbers: VarintReader) => Counts;
  /** As `read`, for whom it is enough that counts stand there. */
  readonly pass: (numbers: VarintReader) => void;
}

/**
 * The counts that are being read: to be copied at their length, since arrays that grow leave much
 * behind.
 */
const readCounts = Array.from({ length: 2 * placesMax }, () => 0.5);

/** Reads counts to the beginning of `readCounts`; how many places and counts. */
function readPlaces(numbers: VarintReader): number {
  const { length } = numbers.bytes;
  const most = numbers.whole(Math.min(length - numbers.position, readCounts.length));
  if (most === 0) return 0;
  const end = numbers.wholes(readCounts, most);
  numbers.whole(0);
  if (end < most || countsError(readCounts, end) !== undefined) numbers.isBroken = true;
  return end;
}

/** `partial-batch.v2`: as they are. */
export const countsByPlace: CellFormat = {
  write: (writer, counts) => writer.wholes(counts),
  read: (numbers) => {
    const end = readPlaces(numbers);
    return end === 0 ? [] : readCounts.slice(0, end);
  },
  pass: readPlaces,
};

/** The counters of `partial-batch.v1` in its order, which is also that of their places. */
export const firstCounters = [
  'viewers',
  'announces',
  'watchedMs',
  'stalledMs',
  'stalls',
  'cdnBytes',
  'peerBytes',
  'uploadedBytes',
  'droppedFrames',
  'errors',
  'startupHistogram',
  'stallHistogram',
] as const satisfies readonly CounterName[];

const firstFields = firstCounters.map((name) => ({
  place: counterOf(name).place,
  places: placesOf(name),
  isHistogram: counterOf(name).boundsMs !== undefined,
}));

const firstPlaces: ReadonlySet<number> = new Set(
  firstFields.flatMap(({ place, places }) => Array.from({ length: places }, (_, at) => place + at)),
);

/** Whether `partial-batch.v1` has a field for all that is counted there. */
export function isOfFirst(counts: Counts): boolean {
  for (let at = 0; at < counts.length; at += 2) {
    if (!firstPlaces.has(counts[at] ?? -1)) return false;
  }
  return true;
}

/** `partial-batch.v1`: a field for each counter, and an array of all buckets. */
export const countsByName: CellFormat = {
  write: (writer, counts) => {
    let at = 0;
    for (const { place: first, places, isHistogram } of firstFields) {
      if (isHistogram) writer.whole(places);
      for (let place = first; place < first + places; place += 1) {
        while ((counts[at] ?? place) < place) at += 2;
        writer.whole(counts[at] === place ? (counts[at + 1] ?? 0) : 0);
      }
      if (isHistogram) writer.whole(0);
    }
  },
  read: readByName,
  pass: readByName,
};

function readByName(numbers: VarintReader): Counts {
  const counts: number[] = [];
  for (const { place: first, places, isHistogram } of firstFields) {
    if (isHistogram && numbers.whole() !== places) numbers.isBroken = true;
    for (let place = first; place < first + places; place += 1) {
      const count = numbers.whole();
      if (count > 0) counts.push(place, count);
    }
    if (isHistogram) numbers.whole(0);
  }
  return counts;
}
