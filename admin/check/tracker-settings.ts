import type { Finding } from './machine.js';

/** Of a tracker's settings those that bound how many viewers it has. */
export interface TrackerBounds {
  readonly sockets_max: number;
  readonly stop_deadline_seconds: number;
  readonly drain_seconds: number;
  readonly drain_sockets_per_second: number;
}

/** Of a drain's time what doesn't depend on viewers: docs/operating-trackers.md#draining. */
const fixedDrainSeconds = 13;

/** What the trackers' settings lack for so many viewers on each. */
export function checkTrackerSettings(
  settings: TrackerBounds,
  viewersEach: number,
): readonly Finding[] {
  const { sockets_max: has, stop_deadline_seconds: deadlineSeconds } = settings;
  const socketsMax = Math.max(has, viewersEach);
  const spreadSeconds = Math.max(
    settings.drain_seconds,
    socketsMax / settings.drain_sockets_per_second,
  );
  const neededSeconds = Math.ceil(fixedDrainSeconds + spreadSeconds);
  return [
    {
      what: 'sockets_max of a tracker',
      has,
      needs: viewersEach,
      change: has >= viewersEach ? undefined : `set sockets_max to ${viewersEach}`,
    },
    {
      what: 'stop_deadline_seconds of a tracker',
      has: deadlineSeconds,
      needs: neededSeconds,
      change:
        deadlineSeconds >= neededSeconds
          ? undefined
          : `set stop_deadline_seconds to ${neededSeconds}, or drain_sockets_per_second higher`,
    },
  ];
}
