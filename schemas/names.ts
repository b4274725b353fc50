/** The name under which the figures over all streams go. No stream can have it. */
export const allStreams = '*';

export const topics = {
  announces: 'announces',
  partials: 'rollup-partials',
  registry: 'registry',
  members: 'members',
  deadLetters: 'dead-letters',
  swarms: 'swarms',
  signals: 'signals',
} as const;

/** Consumer groups. Stage 2 has one for each sink, so that each goes at its own pace. */
export const groups = {
  partials: 'rollup-partials',
  totals: { clickhouse: 'rollup-totals-clickhouse', graphite: 'rollup-totals-graphite' },
  ingest: 'ingest',
} as const;

/** Where totals go. */
export type SinkName = keyof typeof groups.totals;

/** The groups that read `rollup-partials`. */
export const totalsGroups: readonly string[] = Object.values(groups.totals);

export { qualityOf, qualityOverAllStreams, renditionName, usualQualities } from './qualities.js';
