import { partitionOfStream } from '../../kafka/index.js';
import {
  codec,
  isOfFirst,
  partialsVersion,
  type Cell,
  type PartialBatch,
  type StreamCells,
} from '../../schemas/index.js';
import { setAsideCells, type SetAside } from '../set-aside.js';
import type { PartialsPlan } from './partition-minutes.js';

/**
 * A PartialBatch stays below half of what a broker takes by default:
 * docs/exactness.md#partials-then-progress.
 */
const batchBytesMax = 512 * 1024;
/** Only the facets of one stream could make one record larger than a broker takes. */
const recordBytesMax = 1_000_000;

/** More than the quality's name, the browser and what frames them take. */
const cellHeadBytesMax = 140;
/** The same of a facet's name and value. */
const facetHeadBytesMax = 330;
/** More than a place and what is counted there take. */
const countBytesMax = 10;

function bytesMaxOf(cells: readonly Pick<Cell, 'counts'>[], headBytesMax: number): number {
  return cells.reduce(
    (sum, { counts }) => sum + headBytesMax + (counts.length / 2) * countBytesMax,
    0,
  );
}

/** One record for `rollup-partials`. */
export interface EncodedPartial {
  readonly partition: number;
  readonly key: string;
  readonly value: Buffer;
}

/** How a plan becomes records. */
export interface PartialsEncoding {
  readonly partialPartitions: number;
  /** By which announces and partials are written now. */
  readonly recordsVersion: number;
  readonly setAside: SetAside;
}

interface OpenBatch {
  bytes: number;
  streams: StreamCells[];
}

/**
 * Encodes a plan's cells: a record for each minute and output partition, more where one would be
 * too large. Streams that can't be encoded are set aside, which stage 2 is told.
 */
export function encodePartials(
  inputPartition: number,
  plan: PartialsPlan,
  encoding: PartialsEncoding,
): EncodedPartial[] {
  const records: EncodedPartial[] = [];
  for (const { minute, streams } of plan.minutes) {
    const open = new Map<number, OpenBatch>();
    const close = (partition: number, batch: OpenBatch): void => {
      const place = { inputPartition, minute, version: plan.version };
      const key = `${inputPartition}/${minute}`;
      for (const value of encodedBatches({ ...place, streams: batch.streams }, encoding)) {
        records.push({ partition, key, value });
      }
      open.delete(partition);
    };
    for (const stream of streams) {
      const partition = partitionOfStream(stream.stream, encoding.partialPartitions);
      const { cells, facets = [] } = stream;
      const bytes =
        Buffer.byteLength(stream.stream) +
        bytesMaxOf(cells, cellHeadBytesMax) +
        bytesMaxOf(facets, facetHeadBytesMax);
      const present = open.get(partition);
      if (present !== undefined && present.bytes + bytes > batchBytesMax) close(partition, present);
      const batch = open.get(partition) ?? { bytes: 0, streams: [] };
      batch.bytes += bytes;
      batch.streams.push(stream);
      open.set(partition, batch);
    }
    for (const [partition, batch] of open) close(partition, batch);
  }
  return records;
}

/** One batch; where that can't be encoded, one of each stream that can. */
function encodedBatches(
  batch: PartialBatch,
  { recordsVersion, setAside }: PartialsEncoding,
): Buffer[] {
  // What only a newer one has was reported by a tracker that knows that all can read it.
  const version = Math.max(partialsVersion(recordsVersion), ...batch.streams.map(versionWithAllOf));
  try {
    return [withinARecord(batch, setAside, version)];
  } catch {
    return batch.streams.flatMap((one) => {
      try {
        return [withinARecord({ ...batch, streams: [one] }, setAside, version)];
      } catch (error) {
        const { stream } = one;
        setAside({ where: 'partials', stream, minute: batch.minute, error });
        return encodedIfPossible({ ...batch, streams: [setAsideCells(stream)] }, version);
      }
    });
  }
}

function encodedIfPossible(batch: PartialBatch, version: number): Buffer[] {
  try {
    return [codec().encode('PartialBatch', batch, version)];
  } catch {
    return [];
  }
}

/** The batch encoded, without its facets where a broker wouldn't take it. */
function withinARecord(batch: PartialBatch, setAside: SetAside, version: number): Buffer {
  const value = codec().encode('PartialBatch', batch, version);
  if (value.length <= recordBytesMax) return value;
  const { minute } = batch;
  const streams = batch.streams.map(({ facets = [], ...stream }) => {
    const error = new Error(`${facets.length} values of facets are more than a record takes`);
    setAside({ where: 'partials', stream: stream.stream, minute, error });
    return stream;
  });
  return codec().encode('PartialBatch', { ...batch, streams }, version);
}

/** The oldest version of the schema that has all that is counted there. */
function versionWithAllOf({ cells, facets = [] }: StreamCells): 1 | 2 | 3 {
  if (facets.length > 0) return 3;
  return cells.every(({ counts }) => isOfFirst(counts)) ? 1 : 2;
}

/** What one request appends. */
type PartialsRequest = { readonly partition: number; readonly records: EncodedPartial[] }[];

/**
 * As few requests as may be: after a takeover there is a record for each of the open minutes, and a
 * broker answers those of one connection one after the other, each when its followers have it.
 */
export function inRequests(records: readonly EncodedPartial[]): PartialsRequest[] {
  const requests: PartialsRequest[] = [];
  let request: PartialsRequest = [];
  let bytes = Infinity;
  for (const record of records) {
    bytes += record.value.length;
    if (bytes > batchBytesMax) {
      request = [];
      requests.push(request);
      bytes = record.value.length;
    }
    const present = request.find(({ partition }) => partition === record.partition);
    if (present === undefined) request.push({ partition: record.partition, records: [record] });
    else present.records.push(record);
  }
  return requests;
}
