import { newestRecordsVersion } from '../../schemas/index.js';
import type { SwarmStanding } from '../../tracker/announces/cdn-reason.js';
import { Reports } from '../../tracker/announces/reports.js';
import { SessionBudget } from '../../tracker/announces/session-budget.js';
import { BoundedValues } from '../../tracker/facets/bounded-values.js';
import { SessionFacets } from '../../tracker/facets/session-facets.js';
import { patch, replacing, usually, type Mutated, type Mutation } from './mutation.js';

/** Reports as they are understood where their sessions stand so. */
function standingAs(
  change: (standing: SwarmStanding | undefined, told: boolean) => SwarmStanding | undefined,
): Mutated {
  return patch(
    Reports.prototype,
    'add',
    (original) =>
      function (this: Reports, told, stream, standing, nowMs) {
        const isReasonTold = told.reports.some(({ toldReason }) => toldReason !== undefined);
        original.call(this, told, stream, change(standing, isReasonTold), nowMs);
      },
  );
}

/** What trackers make of what viewers tell, before it is in the log. */
export const toldMutations: readonly Mutation[] = [
  {
    name: 'the reason that the viewer tells comes before what the tracker knows',
    ...usually,
    apply: () =>
      standingAs((standing, isReasonTold) =>
        isReasonTold ? { isAlone: false, isWithoutPeers: false, wantsNone: false } : standing,
      ),
  },
  {
    name: 'who wants no peers is alone where nobody else is there',
    ...usually,
    apply: () =>
      standingAs((standing) =>
        standing?.isAlone === true
          ? { isAlone: true, isWithoutPeers: false, wantsNone: false }
          : standing,
      ),
  },
  {
    name: 'the second version may leave the reason untold',
    ...usually,
    apply: () => standingAs((standing) => (standing?.isAlone === true ? undefined : standing)),
  },
  {
    name: 'start and failure count as often as they are told',
    ...usually,
    apply: () => patch(SessionBudget.prototype, 'withOneOfEach', () => (report) => report),
  },
  {
    name: 'networks are told apart however many there are',
    ...usually,
    apply: () => patch(BoundedValues.prototype, 'hold', () => (value) => value),
  },
  {
    name: 'a label has whatever value it is told, listed or not',
    ...usually,
    apply: () =>
      patch(
        SessionFacets.prototype,
        'hold',
        (original) =>
          function (this: SessionFacets, source) {
            const told = Object.values(Object(source.labels) as Record<string, string>);
            const streamLabels = new Map([['plan', new Set(told)]]);
            return original.call(this, { ...source, streamLabels });
          },
      ),
  },
  {
    name: 'records are written by the newest version whatever their readers know',
    ...usually,
    apply: () => replacing({ recordsVersion: () => newestRecordsVersion }),
  },
];
