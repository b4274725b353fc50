import { MinuteCells } from '../../rollup/partials/minute-cells.js';
import { SessionTable } from '../../rollup/partials/session-table.js';
import { allStreams } from '../../schemas/index.js';
import { SessionBudget } from '../../tracker/announces/session-budget.js';
import { AnnounceBatcher, type AppendOutcome } from '../../tracker/announces/announce-batcher.js';
import { lateByOwnersClock } from './mutated-parts.js';
import { patch, replacing, usually, type Mutated, type Mutation } from './mutation.js';

/** Kafka's answer as a tracker would have it. */
function answeredAs(change: (outcome: AppendOutcome, nowMs: number) => AppendOutcome): Mutated {
  return patch(
    AnnounceBatcher.prototype,
    'answer',
    (original) =>
      function (this: AnnounceBatcher<unknown>, request, outcome, nowMs) {
        return original.call(this, request, change(outcome, nowMs), nowMs);
      },
  );
}

/** Rules 1, 2 and 4: what is acknowledged, and what is counted. */
export const announceMutations: readonly Mutation[] = [
  {
    name: 'a resend is restamped',
    ...usually,
    profile: 'zombies',
    apply: () => replacing({ isRestamping: true }),
  },
  {
    name: 'no set of numbers, so copies count',
    ...usually,
    apply: () => patch(SessionTable.prototype, 'take', () => () => true),
  },
  {
    name: 'a viewer is where its latest announce is, not its highest',
    ...usually,
    profile: 'lossy',
    apply: () => patch(SessionTable.prototype, 'highest', () => () => -1),
  },
  {
    name: 'over all streams renditions count as other, whatever usual quality they name',
    ...usually,
    apply: () =>
      patch(
        MinuteCells.prototype,
        'changed',
        (original) =>
          function* (this: MinuteCells) {
            for (const { stream, cells } of original.call(this)) {
              yield {
                stream,
                cells:
                  stream === allStreams
                    ? cells.map((cell) => ({ ...cell, quality: 'other' }))
                    : cells,
              };
            }
          },
      ),
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
    name: "an acknowledgement looks at the tracker's clock alone",
    ...usually,
    profile: 'broker ahead',
    apply: () =>
      answeredAs((outcome, nowMs) =>
        outcome.kind === 'appended' ? { ...outcome, logAppendTimeMs: nowMs } : outcome,
      ),
  },
  {
    name: 'what Kafka has not answered is acknowledged',
    ...usually,
    profile: 'lossy',
    apply: () =>
      answeredAs((outcome, nowMs) =>
        outcome.kind === 'unanswered' ? { kind: 'appended', logAppendTimeMs: nowMs } : outcome,
      ),
  },
  {
    name: "late is judged by the owner's clock",
    ...usually,
    profile: 'long backlog',
    apply: () => replacing({ recordsRead: lateByOwnersClock }),
  },
  {
    name: 'what is sent again is paid again',
    ...usually,
    profile: 'lossy',
    apply: () =>
      patch(
        SessionBudget.prototype,
        'priceOf',
        (original) =>
          function (this: SessionBudget, report, nowMs) {
            const price = original.call(this, report, nowMs);
            return typeof price === 'string' ? price : { ...price, isCopy: false };
          },
      ),
  },
];
