import { AnnounceTranscoder } from '../../ingest/index.js';
import { BatchInsert } from '../../ingest/batch-insert.js';
import { PendingRows } from '../../ingest/pending-rows.js';
import { DeadLetters } from '../../rollup/dead-letters.js';
import { PartialsSender } from '../../rollup/partials/partials-sender.js';
import { PartitionMinutes } from '../../rollup/partials/partition-minutes.js';
import { ClickHouseSink } from '../../rollup/sinks/clickhouse-sink.js';
import { GraphiteSink } from '../../rollup/sinks/graphite-sink.js';
import type { MinuteWrite } from '../../rollup/sinks/sink.js';
import { MinuteTotals } from '../../rollup/totals/minute-totals.js';
import { PartitionTotals } from '../../rollup/totals/partition-totals.js';
import { SinkProgress } from '../../rollup/totals/sink-progress.js';
import { codec, firstAnnounce, type AnnounceBatch } from '../../schemas/index.js';
import { patch } from '../../service/testing/patch.js';
import type { Faults } from './faults.js';

/** Batches of this stream can be read, but applying them fails each time. */
const cursedStream = 'cursed';

/** Such a batch. Time passes by nothing that isn't applied, so its writer's clock says nothing. */
export function cursedBatch(timeMs: number): Buffer {
  const announce = {
    ...firstAnnounce({ watchedMs: 1_000 }),
    stream: cursedStream,
    session: Buffer.alloc(16, 7),
    number: 0,
    time: timeMs,
    quality: '720p',
    browser: 'Chrome',
    state: 'playing',
  } as const;
  const batch: AnnounceBatch = { tracker: 'cursed', written: 0, announces: [announce] };
  return codec().encode('AnnounceBatch', batch);
}

/** True: applying it fails. */
export function isCursed({ announces }: AnnounceBatch): boolean {
  return announces[0]?.stream === cursedStream;
}

type Step = (this: unknown, ...values: unknown[]) => unknown;
type Steps = readonly (readonly [object, readonly string[]])[];

/** Steps of both stages and both sinks, any of which may throw. */
const steps: Steps = [
  [
    PartitionMinutes.prototype,
    ['applyColumns', 'applyMark', 'plan', 'acknowledgeCells', 'dropFinal', 'commitPoint'],
  ],
  [PartialsSender.prototype, ['sendCells', 'tellProgress']],
  [DeadLetters.prototype, ['refuse']],
  [PartitionTotals.prototype, ['applyPartials', 'applyProgress', 'dropTaken', 'commitPoint']],
  [MinuteTotals.prototype, ['total']],
  [SinkProgress.prototype, ['advance', 'isTaken']],
  [GraphiteSink.prototype, ['write']],
  [ClickHouseSink.prototype, ['write']],
];

/** Steps of ingest's writer; encoding rows is apart, since it has to be known of which record. */
const stepsOfIngest: Steps = [
  [PendingRows.prototype, ['add', 'take', 'inserted', 'committable', 'committed']],
  [BatchInsert.prototype, ['insert']],
];

/** Records that are encoded again where that throws; twice in a row it sets them aside. */
const encodedAgain: ReadonlySet<string> = new Set(['PartialBatch', 'Progress', 'DeadLetter']);

/**
 * Lets steps throw, before or after they did what they do, for as long as faults strike, and
 * cursed batches each time. `unwritable` gets the records, as partition/offset, whose raw rows
 * could not be encoded. What it returns ends that.
 */
export function throwAtSteps(faults: Faults, unwritable: Set<string>): () => void {
  const restores = [
    ...patched(steps, (step) =>
      throwing(
        step,
        () => faults.strikes('a step throws before it is done'),
        () => faults.strikes('a step throws when it is done'),
      ),
    ),
    ...patched(stepsOfIngest, (step) => {
      const strikes = (): boolean => faults.strikes('a step of ingest throws');
      return throwing(step, strikes, strikes);
    }),
    throwAtEncoding(faults),
    patch(
      AnnounceTranscoder.prototype,
      'transcode',
      (transcode) =>
        function (this: AnnounceTranscoder, record) {
          if (faults.strikes('raw rows cannot be encoded')) {
            unwritable.add(`${record.partition}/${record.offset}`);
            throw new Error('thrown');
          }
          return transcode.call(this, record);
        },
    ),
    patch(
      PartitionMinutes.prototype,
      'applyColumns',
      (apply) =>
        function (this: PartitionMinutes, offset, timeMs, columns) {
          if (columns.streams[0] === cursedStream) throw new Error('cursed');
          return apply.call(this, offset, timeMs, columns);
        },
    ),
  ];
  return () => {
    for (const restore of restores.toReversed()) restore();
  };
}

/** A write whose encoding throws once, of either sink. */
export function throwingOnce(write: MinuteWrite): MinuteWrite {
  let isThrown = false;
  return {
    ...write,
    get totals() {
      if (isThrown) return write.totals;
      isThrown = true;
      throw new Error('thrown');
    },
  };
}

function throwAtEncoding(faults: Faults): () => void {
  let hasThrown = false;
  let isAgain = false;
  return patch(codec(), 'encode', (encode) => (type, record, version) => {
    const isSpared = hasThrown || isAgain || !encodedAgain.has(type);
    hasThrown = false;
    if (!isSpared && faults.strikes('an encoder throws')) {
      hasThrown = true;
      // Each stream of the record is encoded alone in the same turn.
      isAgain = true;
      queueMicrotask(() => (isAgain = false));
      throw new Error('thrown');
    }
    return encode.call(codec(), type, record, version);
  });
}

function patched(all: Steps, make: (step: Step | undefined) => Step): (() => void)[] {
  return all.flatMap(([target, names]) =>
    names.map((name) => patch(target as Record<string, Step>, name, make)),
  );
}

function throwing(step: Step | undefined, isBefore: () => boolean, isAfter: () => boolean): Step {
  const pass = (result: unknown): unknown => {
    if (isAfter()) throw new Error('thrown after');
    return result;
  };
  return function (this: unknown, ...values) {
    if (isBefore()) throw new Error('thrown before');
    const result = step?.apply(this, values);
    return result instanceof Promise ? result.then(pass) : pass(result);
  };
}
