import { PartitionMinutes } from '../../rollup/partials/partition-minutes.js';
import { ClickHouseSink } from '../../rollup/sinks/clickhouse-sink.js';
import { GraphiteSink } from '../../rollup/sinks/graphite-sink.js';
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

/** Steps of both stages and both sinks, any of which may throw. */
const steps: readonly (readonly [object, readonly string[]])[] = [
  [
    PartitionMinutes.prototype,
    ['applyColumns', 'applyMark', 'plan', 'acknowledgeCells', 'dropFinal', 'commitPoint'],
  ],
  [PartitionTotals.prototype, ['applyPartials', 'applyProgress', 'dropTaken', 'commitPoint']],
  [MinuteTotals.prototype, ['total']],
  [SinkProgress.prototype, ['advance', 'isTaken']],
  [GraphiteSink.prototype, ['write']],
  [ClickHouseSink.prototype, ['write']],
];

/**
 * Lets steps throw, before or after they did what they do, for as long as faults strike, and
 * cursed batches each time. What it returns ends that.
 */
export function throwAtSteps(faults: Faults): () => void {
  const restores = steps.flatMap(([target, names]) =>
    names.map((name) =>
      patch(target as Record<string, Step>, name, (step) => throwing(step, faults)),
    ),
  );
  const restoreCurse = patch(
    PartitionMinutes.prototype,
    'applyColumns',
    (apply) =>
      function (this: PartitionMinutes, offset, timeMs, columns) {
        if (columns.streams[0] === cursedStream) throw new Error('cursed');
        return apply.call(this, offset, timeMs, columns);
      },
  );
  return () => {
    restoreCurse();
    for (const restore of restores.toReversed()) restore();
  };
}

function throwing(step: Step | undefined, faults: Faults): Step {
  return function (this: unknown, ...values) {
    if (faults.strikes('a step throws before it is done')) throw new Error('thrown before');
    const result = step?.apply(this, values);
    if (faults.strikes('a step throws when it is done')) throw new Error('thrown after');
    return result;
  };
}
