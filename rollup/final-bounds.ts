import type { ClusterSettings } from '../registry/index.js';

/**
 * Stage 1 reads no further while more final minutes than this aren't sent: a backlog may have days
 * of them.
 */
export const partialsWaitingMax = 10;

const totalsWaitingMin = 30;
/** How long Graphite's points count as not yet taken (docs/exactness.md#what-carbon-has). */
const untilTakenMs = 40_000;
/** A takeover right after another, and what a long outage made final at once. */
const takeovers = 3;

/**
 * Stage 2 reads no further while more final minutes than this wait for the sinks: memory is
 * bounded. A minute is written a last time once its owner has been one for `takeover_seconds`, and
 * taken when the connection has lived on for a while; minutes that pass meanwhile must not pause
 * it, or every takeover would hold up those that come after.
 */
export function totalsWaitingMax({
  intervalMs,
  takeoverMs,
}: Pick<ClusterSettings, 'intervalMs' | 'takeoverMs'>): number {
  return totalsWaitingMin + Math.ceil((takeovers * (takeoverMs + untilTakenMs)) / intervalMs);
}

/**
 * So many minutes are retained before they are final: twice what a minute takes to be. More are
 * told where an input partition stands still.
 */
export function unfinalMinutesMax({
  intervalMs,
  lateMs,
  graceMs,
  takeoverMs,
}: Pick<ClusterSettings, 'intervalMs' | 'lateMs' | 'graceMs' | 'takeoverMs'>): number {
  return Math.ceil((2 * (lateMs + graceMs + takeoverMs)) / intervalMs);
}

/** Who waits looks this often whether it may go on. */
export const waitingPollMs = 200;
