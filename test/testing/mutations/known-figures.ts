import { mutationsOf } from './source-mutation.js';

/** Zero is told and unknown isn't; who makes no progress is named. */
export const knownFigureMutations = mutationsOf([
  {
    file: 'rollup/totals/sink-progress.ts',
    testFile: 'rollup/totals/sink-progress.test.ts',
    edits: [
      {
        name: 'that nobody watches is not told',
        replace: 'return isZero ? [...totals, { stream: allStreams, cells: [] }] : totals;',
        by: 'return totals;',
        noticedBy: 'are told for each minute that closed, from the first that is not final on',
      },
      {
        name: 'zero is told of a minute that is still open',
        replace: 'const isZero = this.options.hasAllStreams && withZeros && changedAt === -1;',
        by: 'const isZero = this.options.hasAllStreams && changedAt === -1;',
        noticedBy: 'are not told of a minute that is open',
      },
      {
        name: 'what was set aside is told as zero',
        replace: '...(closes && isKnown ?',
        by: '...(closes ?',
        noticedBy:
          'is not told as closed where a total cannot be added up, the minutes around it are',
      },
    ],
  },
  {
    file: 'portal-api/metrics/closed-minutes.ts',
    testFile: 'portal-api/routes/freshness.test.ts',
    edits: [
      {
        name: 'an outage is nobody',
        replace:
          "if (atMs - furthestMs > portalLimits.staleAfterMinutes * intervalMs) return 'stale';",
        by: '',
        noticedBy: 'is stale, not nobody',
      },
    ],
  },
  {
    file: 'portal-api/limits.ts',
    testFile: 'portal-api/routes/health.test.ts',
    edits: [
      {
        name: 'an outage is told after half an hour',
        replace: 'staleAfterMinutes: 3,',
        by: 'staleAfterMinutes: 30,',
        noticedBy: 'is healthy while nobody watches, as long as that is told',
      },
    ],
  },
  {
    file: 'portal-api/metrics/known-steps.ts',
    testFile: 'portal-api/routes/freshness.test.ts',
    edits: [
      {
        name: 'minutes that no partition has closed are zeros',
        replace: '(closed?.[index] ?? NaN) >= minutes',
        by: 'true',
        noticedBy: 'has no zeros in a range that lies within it',
      },
    ],
  },
  {
    file: 'service/partition-watch.ts',
    testFile: 'service/partition-watch.test.ts',
    edits: [
      {
        name: 'a partition that stands still is not named',
        replace: 'nowMs - oldest.sinceMs < standsAfterMs',
        by: 'oldest.sinceMs >= 0',
        noticedBy: 'names a partition that has waited for a minute, and the latest reason',
      },
      {
        name: 'each failure begins the minute anew',
        replace: 'const sinceMs = before?.sinceMs ?? this.now();',
        by: 'const sinceMs = this.now();',
        noticedBy: 'names a partition that has waited for a minute, and the latest reason',
      },
    ],
  },
]);
