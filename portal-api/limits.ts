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
  /** Minutes in one answer: a day of 60 s, and an hour. */
  minutesMax: 1_500,
  /** Graphite knows no time beyond the year 9999. */
  timeMsMax: Date.UTC(9999, 0),
  /** Minutes of the sparklines among the now-values. */
  sparklineMinutes: 30,
  /** Page viewers that ask at the same time share one answer of Graphite. */
  nowValuesAgeMsMax: 1_000,
  /** So far back the last minute with figures is looked for, when there is none in a range. */
  lookBackMs: 7 * 86_400_000,
  /** Minutes that weren't told before figures are called stale. */
  staleAfterMinutes: 3,
} as const;
