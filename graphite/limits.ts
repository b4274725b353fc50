/** Every bound of reading Graphite in one place; a client may be opened with others. */
export const graphiteLimits = {
  /** Series in one answer of Graphite. */
  seriesMax: 20_000,
  answerBytesMax: 32 * 1_024 * 1_024,
  /** Requests to Graphite under way at once. More wait for their turn. */
  requestsMax: 8,
  waitingMax: 100,
  /**
   * How often a request is made whose connection is lost. A web server closes idle connections, now
   * and then in the very moment in which one is used again; and a request only reads.
   */
  attemptsMax: 3,
} as const;

export type GraphiteLimits = Readonly<Record<keyof typeof graphiteLimits, number>>;
