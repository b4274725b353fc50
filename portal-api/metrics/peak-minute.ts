import { portalLimits } from '../limits.js';
import type { StreamGroup } from './group-reading.js';
import type { MetricsReader, MetricsSubject } from './metrics-reader.js';
import { alignedTo, timesOf, type Steps } from './steps.js';

/** The minute of a range in which most watched. */
export interface PeakMinute {
  /** Null: no minute is known. */
  readonly viewers: number | null;
  /** Its start; null: no minute is known. */
  readonly atMs: number | null;
  /** From here on: of what is before Graphite has no minutes. */
  readonly fromMs: number;
}

/**
 * The peak of a subject or group in a range of whole steps, from its minutes, however long the
 * range is: a long step's mean hides it. One series of each stream. Rejects with AppError
 * `graphite_unavailable`.
 */
export async function peakMinute(
  reader: MetricsReader,
  subject: MetricsSubject | StreamGroup,
  { fromMs, untilMs }: Steps,
  nowMs: number,
): Promise<PeakMinute> {
  const { coarseMs, minutesKeptMs } = portalLimits;
  // The oldest minutes go while they are asked for.
  const keptFromMs = Math.ceil((nowMs - minutesKeptMs) / coarseMs + 1) * coarseMs;
  const asked = alignedTo(reader.intervalMs, Math.max(fromMs, keptFromMs), untilMs);
  const none = { viewers: null, atMs: null, fromMs: untilMs };
  if (asked.fromMs >= untilMs) return none;
  const { steps, viewers: known } = await reader.viewers(subject, asked);
  // Graphite keeps its minutes for less than was thought.
  if (steps.stepMs > reader.intervalMs) return none;
  const times = timesOf(steps);
  let [viewers, atMs]: [number | null, number | null] = [null, null];
  for (const [index, value] of known.entries()) {
    if (value === null || (viewers !== null && value <= viewers)) continue;
    viewers = value;
    atMs = times[index] ?? null;
  }
  return { viewers, atMs, fromMs: steps.fromMs };
}
