import type { MinuteSpan } from '../../clickhouse/index.js';
import type { MinuteTimes } from '../../schemas/index.js';
import { timeOfMinute } from './asked-time.js';

/** How far everybody has got. Minutes are numbers; `undefined` where nothing is known. */
export interface Limits {
  /** The lowest minute that raw announces or cells are there of. */
  readonly firstMinute: number | undefined;
  /** When the first raw announce came, where there are cells of earlier minutes; else undefined. */
  readonly rawFromMs: number | undefined;
  /** How long raw announces are kept. */
  readonly ttlDays: number | undefined;
  /** The last minute that is final in the log and of which ingest has written every announce. */
  readonly ingestedTo: number | undefined;
  /**
   * The lowest `exactFrom` of the rollup's commits: earlier minutes it has written for the last
   * time.
   */
  readonly exactFrom: number | undefined;
}

export type ChosenSpan =
  | {
      readonly kind: 'span';
      readonly span: MinuteSpan;
      /** Where less is compared than was asked for, and why. */
      readonly notes: readonly string[];
    }
  | { readonly kind: 'nothing'; readonly reason: string };

const dayMs = 86_400_000;

/**
 * The minutes that can be audited of those asked for: raw announces of them are all there, ingest
 * has got past them, and the rollup is through with them.
 */
export function chooseSpan(
  asked: { readonly from: number | undefined; readonly to: number | undefined },
  limits: Limits,
  times: MinuteTimes,
  nowMs: number,
): ChosenSpan {
  const { intervalMs } = times;
  const notes: string[] = [];
  const at = (minute: number): string => `${timeOfMinute(minute, intervalMs)} (minute ${minute})`;
  if (limits.ingestedTo === undefined) {
    return { kind: 'nothing', reason: 'ingest has not got past any minute that is final' };
  }
  if (limits.exactFrom === undefined) {
    return { kind: 'nothing', reason: 'the rollup has committed nothing yet in some partition' };
  }
  let to = asked.to ?? Number.MAX_SAFE_INTEGER;
  const lower = (limit: number, why: string): void => {
    if (limit >= to) return;
    if (asked.to !== undefined) notes.push(`it ends at ${at(limit)}: ${why}`);
    to = limit;
  };
  lower(limits.ingestedTo, 'later minutes are not final, or ingest has not got past them');
  lower(limits.exactFrom - 1, 'the rollup may write later minutes again');

  const { ttlDays, firstMinute, rawFromMs = 0 } = limits;
  const ttlFromMs = ttlDays === undefined ? 0 : nowMs - ttlDays * dayMs;
  const keptFromMs = Math.max(ttlFromMs, rawFromMs);
  const keptFrom =
    keptFromMs === 0 ? 0 : Math.ceil((keptFromMs + times.graceMs) / times.intervalMs);
  let from = asked.from ?? Math.max(keptFrom, firstMinute ?? to + 1);
  // Of the time to live it is known; of what is missing all the same it isn't.
  const why =
    rawFromMs > ttlFromMs
      ? 'there are no earlier raw announces, though there are cells'
      : `raw announces are kept for ${ttlDays ?? 0} days`;
  if (from < keptFrom || (asked.from === undefined && rawFromMs > ttlFromMs)) {
    notes.push(`it begins at ${at(keptFrom)}: ${why}`);
    from = keptFrom;
  }
  if (from > to) {
    const reason =
      firstMinute === undefined
        ? 'there are neither raw announces nor cells'
        : `no minute of it can be compared${notes.length > 0 ? `: ${notes.join('; ')}` : ' yet'}`;
    return { kind: 'nothing', reason };
  }
  return { kind: 'span', span: { from, to }, notes };
}
