/** Every bound of the portal in one place. */
export const portalLimits = {
  /** A stream with all its fields at their bounds is below it. */
  bodyBytesMax: 256 * 1_024,
  /** As many streams as one import may bring. */
  importBytesMax: 32 * 1_048_576,
  importStreamsMax: 10_000,
  /** Changes of an import that are under way at a time. */
  importWritesMax: 50,
  /** Streams or entries on one page. */
  pageMax: 500,
  /** The place of a stream with the longest title. */
  cursorLengthMax: 2_000,
  /** Wrong tokens and passwords, an address and minute; after that also right ones are refused. */
  failuresPerMinute: 10,
  /** Wrong passwords of one user, from all addresses, before also the right one is refused. */
  userFailuresMax: 30,
  userFailuresWindowMs: 10 * 60_000,
  /** Each takes a core for a while: two leave some of a small machine to others. */
  passwordsAtOnce: 2,
  passwordsWaitingMax: 20,
  /** Sessions that were signed out before their time, and are remembered till then. */
  endedSessionsMax: 10_000,
  /** Addresses, and names of users, whose attempts or requests are counted. */
  addressesMax: 10_000,
  /** Values of a series in one answer: a day of minutes, and an hour. */
  stepsMax: 1_500,
  /** Of a facet so much is read at once, for each of its values: the last 30 days are. */
  facetReadMsMax: 35 * 86_400_000,
  /** So long Graphite has minutes, and then `coarseMs` (deploy/graphite/storage-schemas.conf). */
  minutesKeptMs: 30 * 86_400_000,
  coarseMs: 600_000,
  /** Minutes that are older count as finished. */
  finishedAfterMs: 15 * 60_000,
  /** So long finished minutes are kept: what `vba-admin recompute` mends shows after it. */
  keptMsMax: 10 * 60_000,
  keptBytesMax: 64 * 1_024 * 1_024,
  /** Streams of a group whose figures are added up. */
  groupStreamsMax: 1_000,
  /** Requests for a group's streams under way at once: as many as graphite-web has processes. */
  groupReadsMax: 2,
  /** Of a group in one answer of Graphite; reading a million values takes a tenth of a second. */
  groupSeriesMax: 15_000,
  groupValuesMax: 1_000_000,
  /** Django takes 1 000 fields in a form. */
  targetsPerRequestMax: 900,
  /** Graphite knows no time beyond the year 9999. */
  timeMsMax: Date.UTC(9999, 0),
  /** Minutes of the sparklines among the now-values. */
  sparklineMinutes: 30,
  /** Page viewers that ask at the same time share one answer of Graphite. */
  nowValuesAgeMsMax: 1_000,
  /**
   * So far back the last minute with figures is looked for, when there is none in a range, and the
   * first of which rollups told that it is closed: by minutes, and then by Graphite's coarse
   * points, which are shipped to stand for two years.
   */
  lookBacksMs: [28 * 86_400_000, 730 * 86_400_000],
  lookBackAgeMsMax: 10_000,
  /** So many streams are looked at all at once; with more, all together come first. */
  streamsAtOnceMax: 100,
  /** Streams whose figures come in one answer of Graphite. */
  streamsPerRequestMax: 1_000,
  /** A portal that starts waits so long for the first figures, so that who asks first doesn't. */
  firstLookMsMax: 1_000,
  /** So often it is looked whether a minute has been closed, also when nobody asks. */
  lookEveryMs: 2_000,
  /** Who asks waits so long for new figures of all streams, and else is told what is there. */
  refreshMsMax: 100,
  /** Refreshing takes at most one part in so many of the time. */
  refreshShare: 10,
  /** Of what was asked of a list lately so much is kept until there are new figures. */
  listsKeptMax: 64,
  rowsMax: 500,
  rowsUsual: 100,
  /** Pages that are told of each minute as it comes. */
  liveClientsMax: 500,
  /** So many of them one user or token may have: many tabs, and not everybody's places. */
  liveClientsPerActorMax: 50,
  liveStreamsMax: 100,
  liveEveryMs: 1_000,
  heartbeatMs: 15_000,
  /** Minutes that weren't told before figures are called stale. */
  staleAfterMinutes: 3,
} as const;
