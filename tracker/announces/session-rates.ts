import type { MinuteTimes } from '../../schemas/index.js';
import { trackerLimits } from '../limits.js';
import type { SessionRates } from './session-budget.js';
import { acceptedTimes } from './time-rules.js';

/** What depends on the tracker's settings. */
export interface RateSettings {
  readonly times: MinuteTimes;
  readonly announceIntervalMs: number;
  readonly sessionPlayedPercentMax: number;
  readonly sessionMbpsMax: number;
  readonly sessionAnnouncesMax: number;
}

/**
 * What a session of this tracker can have done. At once it may tell of all that a tracker takes: a
 * viewer that comes back, or from elsewhere, has made announces all the while. The oldest one tells
 * of the interval before it, and the newest is on its way for one at most.
 */
export function sessionRates(settings: RateSettings): SessionRates {
  const { times, announceIntervalMs, sessionPlayedPercentMax } = settings;
  const { sessionMbpsMax, sessionAnnouncesMax } = settings;
  const { oldestMs, aheadMs } = acceptedTimes(times);
  return {
    windowMs: oldestMs + aheadMs + 2 * announceIntervalMs,
    playedPercentMax: sessionPlayedPercentMax,
    mbpsMax: sessionMbpsMax,
    stallsPerSecondMax: trackerLimits.stallsPerSecondMax,
    droppedFramesPerSecondMax: trackerLimits.droppedFramesPerSecondMax,
    errorsPerSecondMax: trackerLimits.errorsPerSecondMax,
    switchesPerSecondMax: trackerLimits.switchesPerSecondMax,
    connectionsPerSecondMax: trackerLimits.connectionsPerSecondMax,
    announceIntervalMs,
    announcesMax: sessionAnnouncesMax,
    copiesMax: trackerLimits.copiesPerAnnounceMax,
    oldestMs,
  };
}

/** The same as a viewer is told. */
export function toldRates(rates: SessionRates) {
  const { windowMs, announceIntervalMs, announcesMax, ...others } = rates;
  const { playedPercentMax, mbpsMax, stallsPerSecondMax } = others;
  const { droppedFramesPerSecondMax, errorsPerSecondMax } = others;
  const { switchesPerSecondMax, connectionsPerSecondMax } = others;
  return {
    budgetMs: windowMs,
    playedPercentMax,
    mbpsMax,
    stallsPerSecondMax,
    droppedFramesPerSecondMax,
    errorsPerSecondMax,
    switchesPerSecondMax,
    connectionsPerSecondMax,
    announcesPerIntervalMax: announcesMax,
    announcesBurst: Math.floor((windowMs * announcesMax) / announceIntervalMs),
  };
}
