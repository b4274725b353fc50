import type { HoldbackMinute } from './holdback-verdict.js';
import type { RangeValues } from './metrics-reader.js';
import type { StepValues } from './step-values.js';

/** The values of the facet `holdback`. */
export const holdbackGroups = { withPeers: 'with_peers', heldBack: 'held_back' } as const;

const nothing: HoldbackMinute = {
  watchedMs: 0,
  stalledMs: 0,
  startingMs: 0,
  viewsPlayed: 0,
  playedBits: 0,
  playedBitrateMs: 0,
};

/**
 * Both groups in the steps in which both are known, from what Graphite has of them: the time that
 * was stalled follows from its ratio, and the bitrate counts for all time watched.
 */
export function holdbackMinutes(
  { valuesOf, steps, bases }: RangeValues & { readonly bases: ReadonlyMap<string, string> },
  isKnown: readonly boolean[],
): { readonly withPeers: HoldbackMinute[]; readonly heldBack: HoldbackMinute[] } {
  const minutesOf = (group: string): HoldbackMinute[] => {
    const base = bases.get(group);
    const minutes = base === undefined ? undefined : minutesBelow(valuesOf(base), steps.stepMs);
    return isKnown.flatMap((known, index) => (known ? [minutes?.[index] ?? nothing] : []));
  };
  return {
    withPeers: minutesOf(holdbackGroups.withPeers),
    heldBack: minutesOf(holdbackGroups.heldBack),
  };
}

function minutesBelow(values: StepValues, stepMs: number): HoldbackMinute[] {
  const average = values.of('viewers_average', 'mean');
  const ratio = values.of('stall_ratio', 'ratio');
  const starting = values.of('state_ms.starting', 'sum');
  const played = values.of('views.played', 'sum');
  const bitrate = values.of('bitrate_kbps', 'weighted');
  return average.map((viewers, index) => {
    const watchedMs = (viewers ?? 0) * stepMs;
    const stalled = ratio[index] ?? 0;
    const kbps = bitrate[index] ?? null;
    return {
      watchedMs,
      stalledMs: stalled < 1 ? (watchedMs * stalled) / (1 - stalled) : 0,
      startingMs: starting[index] ?? 0,
      viewsPlayed: played[index] ?? 0,
      playedBits: kbps === null ? 0 : kbps * watchedMs,
      playedBitrateMs: kbps === null ? 0 : watchedMs,
    };
  });
}
