import { PartitionMinutes } from '../rollup/partials/partition-minutes.js';
import { LogClock } from '../rollup/partials/log-clock.js';
import { SessionTable } from '../rollup/partials/session-table.js';
import { MinuteTotals } from '../rollup/totals/minute-totals.js';
import { PartitionTotals } from '../rollup/totals/partition-totals.js';
import { SinkProgress } from '../rollup/totals/sink-progress.js';
import { AnnounceBatcher } from '../tracker/announces/announce-batcher.js';
import {
  cellsAfterTheirAcknowledgement,
  commitOfTwo,
  lateByOwnersClock,
  noRewriteOnNewConnection,
  sentIsAcknowledged,
  withoutGap,
  withoutLastWrite,
} from './mutated-parts.js';
import type { SimulationParts } from './parts.js';
import type { ProfileName } from './profiles.js';

export interface Mutated {
  readonly parts?: Partial<SimulationParts>;
  readonly restore: () => void;
}

/** A rule of DESIGN §3, broken. */
export interface Mutation {
  readonly name: string;
  /** The faults that are aimed at it. */
  readonly profile: ProfileName;
  /** It has to be caught within so many seeds. */
  readonly seedsMax: number;
  readonly apply: () => Mutated;
}

const nothing = (): void => undefined;
const usually = { profile: 'usual', seedsMax: 10 } as const;

/** Puts another method in place of one of the production core. */
function patch<Target extends object, Name extends keyof Target>(
  target: Target,
  name: Name,
  make: (original: Target[Name]) => Target[Name],
): Mutated {
  const original = target[name];
  target[name] = make(original);
  return {
    restore: () => {
      target[name] = original;
    },
  };
}

export const mutations: readonly Mutation[] = [
  {
    name: 'a resend is restamped',
    ...usually,
    profile: 'zombies',
    apply: () => ({ parts: { isRestamping: true }, restore: nothing }),
  },
  {
    name: 'no set of numbers, so copies count',
    ...usually,
    apply: () => patch(SessionTable.prototype, 'take', () => () => true),
  },
  {
    name: 'late ones are acknowledged',
    ...usually,
    profile: 'broker ahead',
    apply: () =>
      patch(
        AnnounceBatcher.prototype,
        'answer',
        (original) =>
          function (this: AnnounceBatcher<unknown>, request, outcome, nowMs) {
            const answers = original.call(this, request, outcome, nowMs);
            if (outcome.kind !== 'appended') return answers;
            return answers.map((answer) => ({ ...answer, answer: 'acknowledged' as const }));
          },
      ),
  },
  {
    name: "late is judged by the owner's clock",
    ...usually,
    profile: 'long backlog',
    apply: () => ({ parts: { recordsRead: lateByOwnersClock }, restore: nothing }),
  },
  {
    name: 'a gap is allowed',
    ...usually,
    profile: 'commits',
    apply: () => ({ parts: { recordsFetched: withoutGap }, restore: nothing }),
  },
  {
    name: 'offset and exactFrom come from two commits',
    ...usually,
    profile: 'commits',
    apply: () => ({ parts: { commitRead: commitOfTwo }, restore: nothing }),
  },
  {
    name: 'nothing is held back',
    ...usually,
    apply: () =>
      patch(
        PartitionTotals.prototype,
        'isDue',
        () =>
          function (this: PartitionTotals, minute: number) {
            return this.minute(minute) !== undefined;
          },
      ),
  },
  {
    name: 'the last version counts instead of the highest',
    ...usually,
    profile: 'lossy',
    apply: () => {
      let version = 0;
      return patch(
        MinuteTotals.prototype,
        'apply',
        (original) =>
          function (this: MinuteTotals, inputPartition, _version, cells, nextOffset) {
            version += 1;
            return original.call(this, inputPartition, version, cells, nextOffset);
          },
      );
    },
  },
  {
    name: 'sent since the last send instead of since the last acknowledged one',
    ...usually,
    profile: 'lossy',
    apply: () => ({ parts: { producer: sentIsAcknowledged }, restore: nothing }),
  },
  {
    name: 'progress goes before cells',
    ...usually,
    profile: 'many minutes behind',
    apply: () => ({ parts: { producer: cellsAfterTheirAcknowledgement }, restore: nothing }),
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
    name: 'stage 2 drops alone, without its sinks',
    ...usually,
    profile: 'sinks behind',
    apply: () => patch(SinkProgress.prototype, 'isTaken', () => () => true),
  },
  {
    name: 'stage 2 drops out of order',
    ...usually,
    profile: 'correction waits',
    apply: () =>
      patch(
        PartitionTotals.prototype,
        'dropTaken',
        (original) =>
          function (this: PartitionTotals, isTaken) {
            const taken = this.minutes().filter(
              (minute) => minute < this.finalBefore && isTaken(minute),
            );
            const highest = taken.at(-1) ?? -1;
            return original.call(this, (minute) => minute <= highest);
          },
      ),
  },
  {
    name: 'no last write',
    ...usually,
    profile: 'stale correction',
    apply: withoutLastWrite,
  },
  {
    name: 'no takeover_seconds',
    ...usually,
    profile: 'stale write',
    apply: () =>
      patch(
        SinkProgress.prototype,
        'advance',
        (original) =>
          function (this: SinkProgress, permission) {
            return original.call(this, { ...permission, isSettled: true });
          },
      ),
  },
  {
    name: 'nothing is rewritten on a new connection',
    ...usually,
    profile: 'sinks behind',
    apply: () => ({ parts: { sink: noRewriteOnNewConnection }, restore: nothing }),
  },
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
];
