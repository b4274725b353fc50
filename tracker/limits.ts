/** Every bound of the tracker that isn't a setting, with its reason. */
export const trackerLimits = {
  /** Above messageBytesMax: a message a little too large gets an `error` before the close. */
  payloadBytesMax: 128 * 1024,
  /** Messages that may wait while a hello is being decided. */
  messagesWhileJoiningMax: 64,
  /** Errors of a socket's own making, over its life, after which it is closed with 4400. */
  badMessagesMax: 8,
  /** Unsent bytes of a socket after which it counts as dead: a minute of peers and signals. */
  bufferedBytesMax: 1024 * 1024,
  /** How long a socket has to say who it is. */
  greetingDeadlineMs: 10_000,
  /** A socket that answered no ping for this long is gone. */
  pingIntervalMs: 30_000,
  /** How long a socket that has left waits for its last acknowledgements. */
  leaveDeadlineMs: 10_000,
  /** How long a closing socket waits for the other side's close. */
  closeDeadlineMs: 1_000,
  /** Offers of one peer that are remembered, answered or not; the oldest goes first. */
  offersPerPeerMax: 64,
  /** How long answers and candidates may follow an offer. */
  offerLifetimeMs: 120_000,
  /** Requests of one partition that Kafka hasn't answered. */
  requestsInFlightMax: 4,
  retryDelayMs: 200,
  retryDelayMsMax: 1_000,
  /** Difference to the brokers' clocks above which this tracker's own must be wrong. */
  clockDifferenceMsMax: 10_000,
  /** How long a comparison with a broker's clock says something. */
  clockReadingLifetimeMs: 60_000,
  httpRequestTimeoutMs: 5_000,
  /** How often connections are looked through for those that are over their time. */
  httpCheckIntervalMs: 1_000,
  /** How long a refused upgrade may take to read its answer. */
  refusedDeadlineMs: 1_000,
  /** Connections beside the sockets: health checks, refused upgrades. */
  httpConnectionsMax: 256,
  /** The same of one address. */
  httpConnectionsPerAddressMax: 64,
} as const;
