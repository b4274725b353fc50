import { isRowRefusal, PassingInserts } from '../../clickhouse/index.js';
import { SettledConnections } from '../../graphite/settled-connections.js';
import { MinuteTotals } from '../../rollup/totals/minute-totals.js';
import { PartitionTotals } from '../../rollup/totals/partition-totals.js';
import { SinkProgress, type Permission } from '../../rollup/totals/sink-progress.js';
import {
  noRewriteOnNewConnection,
  openedWhenNeeded,
  takenAfterAWhile,
  takenAtOnce,
  waitsForOther,
  totalsByOwner,
  withoutLastWrite,
} from './mutated-parts.js';
import { patch, replacing, usually, type Mutated, type Mutation } from './mutation.js';
import { repacked } from './repacked.js';

function permitted(change: Partial<Permission>): Mutated {
  return patch(
    SinkProgress.prototype,
    'advance',
    (original) =>
      function (this: SinkProgress, permission) {
        return original.call(this, { ...permission, ...change });
      },
  );
}

/** One more refusal is believed of all the minutes' rows that were in the insert. */
function believingRefusals(): Mutated {
  return patch(
    PassingInserts.prototype,
    'insertAgain',
    (original) =>
      async function (this: PassingInserts<object>, parts, refusal) {
        const areMinutes = parts.every((part) => 'minute' in part);
        try {
          return await (areMinutes ? this.insert(parts) : original.call(this, parts, refusal));
        } catch (error) {
          if (!areMinutes || !isRowRefusal(error)) throw error;
          return parts.map((part) => ({ part, error }));
        }
      },
  );
}

/** Rules 7 and 8, and stage 2's part of rule 9: what is written when, dropped and committed. */
export const totalsMutations: readonly Mutation[] = [
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
          function (this: MinuteTotals, part, nextOffset) {
            version += 1;
            return original.call(this, repacked(part, { version }), nextOffset);
          },
      );
    },
  },
  {
    name: "a total's version is its owner's own count",
    ...usually,
    apply: () => replacing({ sink: totalsByOwner }),
  },
  {
    name: 'a new owner writes before it has caught up',
    ...usually,
    apply: () => permitted({ isCaughtUp: true }),
  },
  {
    name: 'minutes are set aside though it is the table that is wrong',
    profile: 'ingest',
    seedsMax: 40,
    apply: believingRefusals,
  },
  {
    name: 'an owner without heartbeats goes on writing',
    ...usually,
    profile: 'former owner',
    apply: () => permitted({ isAlive: true }),
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
    apply: () => permitted({ isSettled: true }),
  },
  {
    name: 'nothing is rewritten on a new connection',
    ...usually,
    profile: 'carbon killed',
    apply: () => replacing({ sink: noRewriteOnNewConnection }),
  },
  {
    name: 'what is written to carbon counts as taken at once',
    ...usually,
    profile: 'carbon killed',
    apply: () => replacing({ sink: takenAtOnce }),
  },
  {
    name: 'what carbon has read counts as on disk',
    ...usually,
    profile: 'carbon killed',
    apply: () =>
      patch(
        SettledConnections.prototype,
        'ended',
        (original) =>
          function (this: SettledConnections, connection, nowMs) {
            const isStale = original.call(this, connection, nowMs);
            original.call(this, { ...connection, hasLines: false }, Infinity);
            return isStale;
          },
      ),
  },
  {
    name: 'a connection that nobody ended counts as a sign of life',
    ...usually,
    profile: 'carbon vanishes',
    apply: () => replacing({ sink: takenAfterAWhile }),
  },
  {
    name: 'connections to carbon do not overlap',
    ...usually,
    profile: 'carbon killed',
    apply: () => replacing({ carbonSockets: openedWhenNeeded }),
  },
  {
    name: 'nothing is written again when a carbon that hung reads on',
    ...usually,
    profile: 'stuck write',
    apply: () =>
      patch(
        SettledConnections.prototype,
        'lost',
        (original) =>
          function (this: SettledConnections) {
            original.call(this, false);
          },
      ),
  },
  {
    name: 'zeros are not told',
    ...usually,
    profile: 'idle night',
    apply: () => patch(PartitionTotals.prototype, 'idleMinutes', () => () => []),
  },
  {
    name: 'idle minutes are passed before they are told',
    ...usually,
    profile: 'idle backlog',
    apply: () =>
      patch(
        PartitionTotals.prototype,
        'dropTaken',
        (original) =>
          function (this: PartitionTotals, isTaken) {
            return original.call(this, isTaken);
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
    name: 'one sink waits for the other',
    ...usually,
    profile: 'one sink away',
    apply: () => replacing({ sink: waitsForOther() }),
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
    name: 'stage 2 commits the next offset, though it retains minutes',
    ...usually,
    apply: () =>
      patch(
        PartitionTotals.prototype,
        'commitPoint',
        () =>
          function (this: PartitionTotals) {
            return { offset: this.nextOffset, exactFrom: this.exactFrom };
          },
      ),
  },
];
