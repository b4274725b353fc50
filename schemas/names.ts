/** The name under which the figures over all streams go. No stream can have it. */
export const allStreams = '*';

export const topics = {
  announces: 'announces',
  partials: 'rollup-partials',
  registry: 'registry',
  members: 'members',
  deadLetters: 'dead-letters',
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

const usualHeights = [
  144, 240, 270, 288, 360, 396, 432, 480, 540, 576, 720, 900, 1080, 1440, 2160, 4320,
];

/** Names of qualities for streams that list no renditions. */
export const usualQualities: ReadonlySet<string> = new Set(
  usualHeights.map((height) => `${height}p`),
);

/**
 * The quality under which an announce counts: one of the stream's renditions, or of the usual
 * heights where it lists none; 'other' for anything else, 'unknown' where nothing was told.
 */
export function qualityOf(told: string | undefined, renditions: readonly string[]): string {
  if (told === undefined || told === '' || told === 'unknown') return 'unknown';
  const isKnown = renditions.length > 0 ? renditions.includes(told) : usualQualities.has(told);
  return isKnown ? told : 'other';
}

/** A stream's quality as it counts over all streams: a usual height or 'other'. */
export function qualityOverAllStreams(quality: string): string {
  return usualQualities.has(quality) ? quality : 'other';
}
