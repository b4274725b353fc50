/**
 * The cluster's times and the load under which faults are tested.
 *
 * Minutes of 5 s, so that a fault in mid-minute is seen to be survived within seconds. `late`
 * covers the longest outage honestly: an announce that was made as Kafka went away is appended some
 * 90 s later, plus the brokers' start, the elections and a tracker's queue, and is acknowledged
 * only if it's still in time. A tracker refuses what is older than `late − grace` (140 s). `grace /
 * 2` (5 s) lets a tracker be 2 s off as viewers follow it from one to another. `takeover` is above
 * the session time-out (10 s) and the pause.
 */
export const clusterTimes = {
  intervalSeconds: 5,
  lateSeconds: 150,
  graceSeconds: 10,
  takeoverSeconds: 50,
};

export const intervalMs = clusterTimes.intervalSeconds * 1_000;

/**
 * When the last minute before now has become final and has been written a last time, and a little.
 */
export const untilLastWriteMs =
  (clusterTimes.lateSeconds +
    clusterTimes.graceSeconds +
    clusterTimes.takeoverSeconds +
    3 * clusterTimes.intervalSeconds) *
  1_000;

export const topicShape = { partitions: 8, partialPartitions: 4 };

export const pauseMs = 40_000;
/** How long each is away that is killed or stopped; what isn't named is started again at once. */
export const awayMs = {
  broker: 20_000,
  kafka: 90_000,
  carbon: 60_000,
  clickhouse: 60_000,
  /** More minutes than wait for a sink: totalsWaitingMax final ones, and those not final yet. */
  long: 600_000,
};
export const slowSink = {
  durationMs: 180_000,
  /** Each answer of ClickHouse is held back for so long. */
  answerDelayMs: 3_000,
  /** So much is read of each connection to carbon: about half of what comes. */
  bytesPerSecond: 2_048,
};
/** A minute that nothing holds up is in a sink this long after its end. */
export const inTimeMs = 3_000;
export const fullDiskMs = 30_000;

/**
 * 180 viewers with an announce each 0.3 s: about 580 a second, less than the 512 that a viewer
 * keeps unanswered in the longest outage. Sessions are long, since who leaves waits for answers
 * first and an outage would empty the seats; the network loses each viewer once in 250 announces
 * all the same.
 */
export const load = {
  viewers: 180,
  announceIntervalSeconds: 0.3,
  sessionSeconds: 240,
  rampSeconds: 2,
  drainSeconds: 60,
};

/** What a fault's run has to have had, or it shows nothing. */
export const loadMin = { announcesPerSecond: 500, announcesTaken: 1_000 };

/** A minute has to be in both sinks again this long after a kill -9. */
export const writtenAgainTargetMs = 20_000;
