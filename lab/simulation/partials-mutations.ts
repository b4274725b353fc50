import { CellRows } from '../../rollup/partials/cell-rows.js';
import { LogClock } from '../../rollup/partials/log-clock.js';
import { MarkSchedule } from '../../rollup/partials/mark-schedule.js';
import { PartitionMinutes } from '../../rollup/partials/partition-minutes.js';
import { isSaturated, sumMax } from '../../schemas/index.js';
import {
  cellsAfterTheirAcknowledgement,
  deadLettersUnanswered,
  sentIsAcknowledged,
  versionsByOwner,
} from './mutated-parts.js';
import { patch, replacing, usually, type Mutation } from './mutation.js';

/**
 * Rules 5 and 6, and stage 1's part of rule 9: how time passes, what is sent, dropped and
 * committed.
 */
export const partialsMutations: readonly Mutation[] = [
  {
    name: 'log time passes by LogAppendTime alone',
    ...usually,
    profile: 'broker ahead',
    apply: () =>
      patch(
        LogClock.prototype,
        'advance',
        (original) =>
          function (this: LogClock, _writtenMs, logAppendTimeMs) {
            original.call(this, logAppendTimeMs, logAppendTimeMs);
          },
      ),
  },
  {
    name: "log time passes by the writer's clock alone",
    ...usually,
    profile: 'tracker ahead',
    apply: () =>
      patch(
        LogClock.prototype,
        'advance',
        (original) =>
          function (this: LogClock, writtenMs) {
            original.call(this, writtenMs, writtenMs);
          },
      ),
  },
  {
    name: 'no marks',
    ...usually,
    profile: 'calm',
    apply: () => patch(MarkSchedule.prototype, 'isDue', () => () => false),
  },
  {
    name: 'sent since the last send instead of since the last acknowledged one',
    ...usually,
    profile: 'lossy',
    apply: () => replacing({ producer: sentIsAcknowledged }),
  },
  {
    name: 'progress goes before cells',
    ...usually,
    profile: 'many minutes behind',
    apply: () => replacing({ producer: cellsAfterTheirAcknowledgement }),
  },
  {
    name: "a partial's version is its owner's own count",
    ...usually,
    apply: () => replacing({ producer: versionsByOwner }),
  },
  {
    name: 'sums go on past their range',
    profile: 'bounds',
    seedsMax: 20,
    apply: () =>
      patch(
        CellRows.prototype,
        'cell',
        (original) =>
          function (this: CellRows, row, quality, browser) {
            const cell = original.call(this, row, quality, browser);
            if (!isSaturated(cell)) return cell;
            const counts = cell.counts.map((count) => (count === sumMax ? 2 * count : count));
            return { ...cell, counts };
          },
      ),
  },
  {
    name: 'stage 1 drops what is only closed',
    ...usually,
    apply: () =>
      patch(
        PartitionMinutes.prototype,
        'dropFinal',
        (original) =>
          function (this: PartitionMinutes, plan) {
            original.call(this, { ...plan, finalBefore: plan.closedBefore });
          },
      ),
  },
  {
    name: 'stage 1 commits the next offset, though it retains minutes',
    ...usually,
    apply: () =>
      patch(
        PartitionMinutes.prototype,
        'commitPoint',
        () =>
          function (this: PartitionMinutes) {
            return { offset: this.nextOffset, exactFrom: this.exactFrom };
          },
      ),
  },
  {
    name: 'a dead letter is only sent before its offset is passed',
    ...usually,
    profile: 'lossy',
    apply: () => replacing({ producer: deadLettersUnanswered }),
  },
];
