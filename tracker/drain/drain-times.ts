import { exitCode, StartError } from '../../service/errors.js';

export interface DrainSettings {
  readonly sockets_max: number;
  readonly drain_seconds: number;
  readonly drain_sockets_per_second: number;
  readonly stop_deadline_seconds: number;
}

/** How a drain spends its time. */
export interface DrainTimes {
  /** Over how long this many viewers are sent away. */
  readonly spreadMs: (viewers: number) => number;
  /** For what was taken to be written, once the viewers went. */
  readonly flushMs: number;
}

/** What proxies have to ask what they are told before the first viewer goes. */
export const noticeMsMax = 2_500;
/** Behind the first answer: one for each proxy, and for a health check that has to fail twice. */
export const settlingMs = 1_500;
/** Each goes at random within this time of its turn, so that no two turns come as two waves. */
export const jitterMs = 1_000;
/** Behind the last one's time: for it to close, and for what it sent last to be answered. */
export const leaveMs = 1_000;
/** Of the stop deadline, for closing sockets and saying goodbye to Kafka. */
const closingMs = 3_000;
const flushMsMin = 4_000;

/**
 * Spreads the viewers over `drain_seconds`, or longer where more than `drain_sockets_per_second`
 * would go. Throws a StartError where a full tracker's drain would not be over by
 * `stop_deadline_seconds`: viewers would lose their sockets, and announces their answers.
 */
export function drainTimes(settings: DrainSettings): DrainTimes {
  const { sockets_max, drain_seconds, drain_sockets_per_second: perSecond } = settings;
  const spreadMs = (viewers: number): number =>
    Math.max(drain_seconds, viewers / perSecond) * 1_000;
  const fixedMs = noticeMsMax + settlingMs + jitterMs + leaveMs + closingMs;
  const longestMs = spreadMs(sockets_max);
  const flushMs = settings.stop_deadline_seconds * 1_000 - fixedMs - longestMs;
  if (flushMs < flushMsMin) {
    const neededS = Math.ceil((fixedMs + longestMs + flushMsMin) / 1_000);
    throw new StartError(
      'configuration',
      `setting "stop_deadline_seconds" must be at least ${neededS}: ${sockets_max} sockets (sockets_max) ` +
        `are sent away at drain_sockets_per_second or over drain_seconds, ${longestMs / 1_000} s in all`,
      exitCode.configuration,
    );
  }
  return { spreadMs, flushMs };
}
