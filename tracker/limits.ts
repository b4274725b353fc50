/** Every bound of the tracker that isn't a setting, with its reason. */
export const trackerLimits = {
  /** Above messageBytesMax: a message a little too large gets an `error` before the close. */
  payloadBytesMax: 128 * 1024,
  /** A message counts as one for each of so many characters, which cost as much to read. */
  messageUnitLength: 16 * 1024,
  /**
   * Frames of one message: each costs 120 bytes beside its own. Clients that cut theirs make pieces
   * of a kilobyte or more.
   */
  fragmentsMax: 256,
  /** Reads in which one frame comes: of the smallest TCP segments 245 bring the largest one. */
  readsPerFrameMax: 512,
  /** Messages that may wait while a hello is being decided. */
  messagesWhileJoiningMax: 64,
  /** Errors of a socket's own making, in quick succession, after which it is closed with 4400. */
  badMessagesMax: 8,
  /** A player that makes the same mistake in each announce still finds peers. */
  mistakesForgivenPerSecond: 1,
  /** A short segment that comes late, again and again. */
  stallsPerSecondMax: 0.5,
  /** Every frame of a display of 120 Hz. */
  droppedFramesPerSecondMax: 120,
  /** A player that tries again and again, without a pause. */
  errorsPerSecondMax: 10,
  switchesPerSecondMax: 1,
  connectionsPerSecondMax: 20,
  /** Times that an announce may be sent again, on average: past it copies wait, and no new one. */
  copiesPerAnnounceMax: 3,
  /**
   * Networks that are told apart as a facet: of one country's viewers nearly all are in so many.
   */
  networksMax: 200,
  /** Sessions that left and whose budgets are kept, for each socket that there may be. */
  idleBudgetsPerSocket: 4,
  /** Unsent bytes of a socket after which it counts as dead: a minute of peers and signals. */
  bufferedBytesMax: 1024 * 1024,
  /** The same of all sockets together: above it each is dead that has more unsent than … */
  bufferedBytesOfAllMax: 128 * 1024 * 1024,
  /** … this: behind what the kernel holds, it is far from reading. */
  bufferedBytesSpared: 16 * 1024,
  /** Announce intervals without an announce after which nobody is told of a peer any more. */
  silentIntervalsMax: 3,
  /** How long a socket has to say who it is. */
  greetingDeadlineMs: 10_000,
  /**
   * The same of a WebTorrent client, in these: it announces once its browser has made all of its
   * offers, and one that is closed before may stay away for five minutes.
   */
  torrentGreetingDeadlines: 6,
  /** How often each socket is looked at whether anything came from it. */
  aliveCheckMs: 10_000,
  /** All at once would stop everything else for a while with 20 000 sockets. */
  aliveCheckTurns: 10,
  /** Looked at so often in vain it is pinged: who announces every 30 s hardly ever is. */
  silentChecksBeforePing: 4,
  /** So often, and it is gone. */
  silentChecksMax: 6,
  /** Sockets from which on a turn that had little to do waits for more … */
  crowdMin: 1_000,
  /** … for this long: a quarter less work for a tracker with 10 000 sockets, and 4 ms later. */
  turnPauseMs: 4,
  /** How long an acknowledgement may wait for the next announce: far below `late`. */
  acknowledgementWaitMsMax: 60_000,
  /** How long a socket that has left waits for its last acknowledgements. */
  leaveDeadlineMs: 10_000,
  /** How long a closing socket waits for the other side's close. */
  closeDeadlineMs: 1_000,
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
  /** Beacons of one address whose announces the log hasn't taken yet. */
  beaconsPerAddressMax: 64,
  /** A hello and a few announces. */
  beaconLinesMax: 8,
} as const;

/** The bounds of signals, each of which viewers are told in `welcome`. */
export const signalLimits = {
  /** Offers, answers and rejections of a socket: 30 peers at once, both ways, some of it again. */
  descriptionsPerSecond: 32,
  descriptionsBurst: 256,
  /** Candidates of a socket: 30 peers with 15 each at once, and as many for a restart of ICE. */
  candidatesPerSecond: 128,
  candidatesBurst: 1_024,
  /** How long answers and candidates may follow an offer: ICE gives up in less. */
  negotiationLifetimeMs: 120_000,
  /** An SDP has 2 to 8 KB, each of some dozens of candidates 250 bytes. */
  negotiationBytesMax: 32 * 1024,
  /** Within the lifetime, each with 350 bytes in the book: 45 KB a socket at the most. */
  offersPerPeerMax: 128,
  /** A viewer whose network comes and goes restarts ICE every few seconds. */
  offersPerPairMax: 16,
  openOffersPerPairMax: 4,
  /** Of all peers to one: a frozen page is told to some 64 within its three intervals. */
  openOffersPerTargetMax: 256,
  /** So that no address keeps a viewer from being offered anything, whatever it has elsewhere. */
  openOffersPerOriginMax: 32,
  openOffersPerTrackerMax: 64,
  /** A page answers within a second, and one that is frozen isn't told of after three intervals. */
  openOfferCountsMs: 20_000,
  /** Far below bufferedBytesMax: signals of others alone can't cost a slow viewer its socket. */
  targetUnsentBytesMax: 256 * 1024,
} as const;

/** The bounds of a socket in the WebTorrent dialect, besides those of its messages. */
export const torrentSocketLimits = {
  /** Swarms by peer_id: a player has one for video and one for audio, and some that it left. */
  swarmsPerSocketMax: 32,
  /** Swarms that a socket is told of by scrapes: each costs a sixth of an announce. */
  scrapedPerSecond: 20,
  scrapedBurst: 400,
  /** How long an answer may follow an offer: clients give up after 50 s. */
  offerLifetimeMs: 60_000,
  /** Offers to one peer that it has not answered: one whose page is frozen gets no more. */
  openOffersPerTargetMax: 256,
  /** Of these, from one address. */
  openOffersPerOriginMax: 32,
  /** Of these, from another tracker. */
  openOffersPerTrackerMax: 64,
  /** Of these, from one socket. */
  openOffersPerPairMax: 4,
  openOfferCountsMs: 20_000,
  /**
   * Peers that left with offers under way, within the lifetime of an offer: half of 20 000 viewers
   * that lose their sockets at once. Some 2 KB each.
   */
  leftPeersMax: 10_000,
  /** peer_ids by which viewers are known again, for each socket that there may be. */
  viewerNamesPerSocket: 4,
} as const;
