/** Every bound of reading Graphite in one place. */
export const graphiteLimits = {
  /** Series in one answer of Graphite. */
  seriesMax: 20_000,
  answerBytesMax: 32 * 1_024 * 1_024,
  /** Requests to Graphite under way at once. More wait for their turn. */
  requestsMax: 8,
  waitingMax: 100,
} as const;
