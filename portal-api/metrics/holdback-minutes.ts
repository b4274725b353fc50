import type { RangeValues } from './metrics-reader.js';

/** A minute of one of the groups that a holdback compares. */
export interface HoldbackMinute {
  readonly stalledMs: number;
  readonly watchedMs: number;
  readonly stalls: number;
  /** Null: nobody started. */
  readonly startupP50Ms: number | null;
  /** Of the time whose bitrate was told. */
  readonly bits: number;
  readonly bitrateMs: number;
  readonly viewers: number;
}

/**
 * The known minutes below a base, in which anybody watched, from what Graphite has of them: the
 * time that was stalled follows from its ratio, and the bitrate counts for all time watched.
 */
export function holdbackMinutes(
  { valuesOf, steps }: RangeValues,
  base: string | undefined,
): HoldbackMinute[] {
  if (base === undefined) return [];
  const values = valuesOf(base);
  const viewers = values.of('viewers', 'mean');
  const average = values.of('viewers_average', 'mean');
  const stalls = values.of('stalls', 'sum');
  const ratio = values.of('stall_ratio', 'ratio');
  const startup = values.of('startup_ms.p50', 'quantile');
  const bitrate = values.of('bitrate_kbps', 'weighted');
  return viewers.flatMap((watching, index) => {
    const watchedMs = (average[index] ?? 0) * steps.stepMs;
    if (watching === null || watchedMs === 0) return [];
    const stalled = ratio[index] ?? 0;
    const kbps = bitrate[index] ?? null;
    return [
      {
        stalledMs: stalled < 1 ? (watchedMs * stalled) / (1 - stalled) : 0,
        watchedMs,
        stalls: stalls[index] ?? 0,
        startupP50Ms: startup[index] ?? null,
        bits: kbps === null ? 0 : kbps * watchedMs,
        bitrateMs: kbps === null ? 0 : watchedMs,
        viewers: watching,
      },
    ];
  });
}
