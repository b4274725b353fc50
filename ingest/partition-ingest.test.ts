import { describe, expect, it } from '@jest/globals';
import { Registry } from 'prom-client';
import { appendingBy, type LogRecord, type OwnedPartition } from '../kafka/index.js';
import { codec, firstAnnounce, topics, type Announce, type DeadLetter } from '../schemas/index.js';
import type { Logger } from '../service/logs.js';
import { PartitionWatch } from '../service/partition-watch.js';
import { patch } from '../service/testing/patch.js';
import { silentLogger } from '../service/testing/silent-logger.js';
import { AnnounceTranscoder } from './announce-transcoder.js';
import { deadLetters } from './dead-letters.js';
import { createIngestMetrics } from './metrics.js';
import { partitionIngest } from './partition-ingest.js';
import type { RecordRows } from './pending-rows.js';

const announce: Announce = {
  stream: 'arena',
  session: Buffer.alloc(16, 7),
  number: 3,
  time: 1_700_000_000_123,
  quality: '720p',
  browser: 'Firefox',
  state: 'playing',
  ...firstAnnounce({
    watchedMs: 5_000,
    cdnBytes: 2 ** 36,
    peerBytes: 1,
    uploadedBytes: 2,
    peers: 4,
    bufferLengthMs: 900,
    encodedBitrateKbps: 3_000,
    playbackRatePercent: 100,
  }),
};

const partition: OwnedPartition = {
  topic: 'announces',
  partition: 5,
  generation: 1,
  isOwned: () => true,
  commit: () => Promise.resolve(true),
  pause: () => undefined,
  resume: () => undefined,
};

function record(offset: number, value: Buffer | null): LogRecord {
  return { partition: 5, offset, logAppendTimeMs: 1_700_000_000_200, key: null, value };
}

function batchOf(count: number): Buffer {
  const announces = Array.from({ length: count }, (_, index) => ({ ...announce, number: index }));
  return codec().encode('AnnounceBatch', { tracker: 't1', written: 1, announces });
}

function ingestWith(isTaking: () => boolean = () => true) {
  const added: {
    rows: Buffer;
    rowCount: number;
    records: readonly RecordRows[];
    release: () => void;
    nextOffset: number;
  }[] = [];
  const errors: { fields: object; message: string }[] = [];
  let closed = 0;
  const logger: Logger = {
    ...silentLogger,
    error: (fields, message) => errors.push({ fields, message }),
  };
  const metrics = createIngestMetrics(new Registry());
  const letters: DeadLetter[] = [];
  let nowMs = 0;
  const watch = new PartitionWatch(() => nowMs);
  const producer = appendingBy((topic, _partition, [letter]) => {
    if (!isTaking()) return Promise.reject(new Error('no right to write'));
    const decoded = codec().decode(letter?.value ?? null);
    if (topic === topics.deadLetters && decoded.ok && decoded.record.type === 'DeadLetter') {
      letters.push(decoded.record.value);
    }
    return Promise.resolve({ partition: 0, baseOffset: 0, logAppendTimeMs: 0 });
  });
  const sleep = (durationMs: number): Promise<void> => {
    nowMs += durationMs;
    return Promise.resolve();
  };
  const open = partitionIngest({
    writer: {
      open: () => undefined,
      add: (_partition, { bytes, rowCount, records, release }, nextOffset) =>
        added.push({ rows: bytes, rowCount, records, release, nextOffset }),
      close: () => {
        closed += 1;
      },
    },
    intervalMs: 60_000,
    logger,
    metrics,
    sendDeadLetter: deadLetters({ producer, node: 'ingest-1', watch, sleep }),
    now: Date.now,
  });
  return { open, added, errors, letters, watch, metrics, closed: () => closed };
}

/** Lets writing the rows of the record at this offset fail; what it returns ends that. */
function cursing(offset: number): () => void {
  return patch(
    AnnounceTranscoder.prototype,
    'transcode',
    (transcode) =>
      function (this: AnnounceTranscoder, one) {
        if (one.offset === offset) throw new Error('a mistake');
        return transcode.call(this, one);
      },
  );
}

/** True, as an owner would; keeps what stands at that moment. */
function watchOnce(watch: PartitionWatch, standing: unknown[]): boolean {
  standing.push(watch.standing());
  return true;
}

describe('the reader of a partition', () => {
  const start = { kind: 'beginning', offset: 0, reason: 'no_commit', endOffset: 9 } as const;

  it('gives all announces of what it read, with the offset that follows', async () => {
    const { open, added } = ingestWith();
    await open(partition, start).read([record(7, batchOf(2)), record(8, batchOf(3))]);
    expect(added.map(({ rowCount, nextOffset }) => ({ rowCount, nextOffset }))).toEqual([
      { rowCount: 5, nextOffset: 9 },
    ]);
    const rows = added[0]?.rows ?? Buffer.alloc(0);
    expect(rows.length % 5).toBe(0);
    const [first, second] = added[0]?.records ?? [];
    expect([first?.record.offset, first?.rowCount, first?.endByte]).toEqual([
      7,
      2,
      (rows.length / 5) * 2,
    ]);
    expect([second?.record.offset, second?.endByte]).toEqual([8, rows.length]);
    // Of the last row: partition, offset, index in the batch; the second version comes behind.
    const tail = rows.subarray(-16 - 57);
    expect(tail.readUInt32LE(0)).toBe(5);
    expect(tail.readBigUInt64LE(4)).toBe(8n);
    expect(tail.readUInt32LE(12)).toBe(2);
  });

  it('lets what it read be released together with its rows, whose memory is used again', async () => {
    const { open, added } = ingestWith();
    const reader = open(partition, start);
    let released = 0;
    const read = (offset: number): Promise<void> =>
      reader.read([record(offset, batchOf(500))], () => (released += 1));
    await read(7);
    await read(8);
    expect(released).toBe(0);
    const [first, second] = added;
    first?.release();
    expect(released).toBe(1);
    await read(9);
    expect(added[2]?.rows.buffer).toBe(first?.rows.buffer);
    expect(added[2]?.rows.buffer).not.toBe(second?.rows.buffer);
    expect(added[2]?.rows.length).toBe(second?.rows.length);
  });

  it('passes over marks', async () => {
    const { open, added, errors } = ingestWith();
    const mark = codec().encode('Mark', { owner: 'r1', written: 5 });
    await open(partition, start).read([record(0, mark)]);
    expect(added).toMatchObject([
      { rows: Buffer.alloc(0), rowCount: 0, records: [], nextOffset: 1 },
    ]);
    expect(errors).toEqual([]);
  });

  it('counts and passes over broken records and those of other topics', async () => {
    const { open, added, errors, metrics } = ingestWith();
    const stranger = codec().encode('Progress', {
      inputPartition: 0,
      closedBefore: 1,
      finalBefore: 1,
    });
    await open(partition, start).read([
      record(0, Buffer.from('no record of ours')),
      record(1, batchOf(1)),
      record(2, stranger),
      record(3, null),
    ]);
    expect(added.map(({ rowCount, nextOffset }) => [rowCount, nextOffset])).toEqual([[1, 4]]);
    const { values } = await metrics.brokenRecords.get();
    expect(Object.fromEntries(values.map(({ labels, value }) => [labels.reason, value]))).toEqual({
      not_single_object: 2,
      unexpected_type: 1,
    });
    expect(errors.length).toBe(2);
  });

  it('passes a record whose rows cannot be written, however that comes, once its dead letter is taken', async () => {
    const restore = cursing(1);
    let attempts = 0;
    const ingest = ingestWith(() => (attempts += 1) > 70);
    const { open, added, errors, letters, metrics, watch } = ingest;
    const records = [0, 1, 2].map((offset) => record(offset, batchOf(2)));
    const standing: unknown[] = [];
    const reading = open({ ...partition, isOwned: () => watchOnce(watch, standing) }, start);
    await reading.read(records);
    restore();
    expect(added.map(({ rowCount, nextOffset }) => [rowCount, nextOffset])).toEqual([[4, 3]]);
    expect(errors).toMatchObject([{ fields: { offset: 1, reason: 'not_applicable' } }]);
    expect((await metrics.brokenRecords.get()).values).toMatchObject([{ value: 1 }]);
    const place = { topic: 'announces', partition: 5, offset: 1, node: 'ingest-1' };
    const detail = 'ingest cannot write its rows: a mistake';
    expect(letters).toMatchObject([{ ...place, reason: 'not_applicable', detail }]);
    expect(letters[0]?.value).toEqual(records[1]?.value);
    const reason = 'a dead letter cannot be appended: no right to write';
    expect(standing.at(-1)).toMatchObject([{ partition: 'announces/5', reason }]);
    expect(watch.standing()).toEqual([]);
  });

  it('keeps the rows of a partition from another’s while a dead letter is not taken', async () => {
    const restore = cursing(0);
    let isTaking = false;
    const { open, added } = ingestWith(() => isTaking);
    const other = { ...partition, partition: 6 };
    const first = open(partition, start).read([record(0, batchOf(2)), record(1, batchOf(1))]);
    await open(other, start).read([record(7, batchOf(3))]);
    isTaking = true;
    await first;
    restore();
    const sizes = added.map(({ rows, rowCount }) => [rowCount, rows.length / rowCount]);
    expect(sizes.map(([rowCount]) => rowCount)).toEqual([3, 1]);
    expect(sizes[0]?.[1]).toBe(sizes[1]?.[1]);
  });

  it('says that announces are lost when the committed offset is gone from the log', async () => {
    const { open, errors, metrics } = ingestWith();
    open(partition, { kind: 'beginning', offset: 50, reason: 'out_of_range', endOffset: 60 });
    expect(errors.map(({ message }) => message)).toEqual([
      'the committed offset is gone from the log: raw announces are lost',
    ]);
    expect((await metrics.lostRanges.get()).values[0]?.value).toBe(1);
  });

  it('closes its rows with its assignment', () => {
    const { open, closed } = ingestWith();
    open(partition, start).close();
    expect(closed()).toBe(1);
  });
});
