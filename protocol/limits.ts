/** The bounds of viblast.v1, which viewers are told in `welcome` or by the published schemas. */
export const protocolLimits = {
  /** A message; told to viewers in `welcome`. */
  messageBytesMax: 64 * 1024,
  /** A signal, the whole message: an SDP with its candidates has 2 to 8 KB. */
  signalBytesMax: 16 * 1024,
  /** Levels of a signal's `data`, of which WebRTC has one: what is too deep can't be relayed. */
  signalDepthMax: 16,
  /** Candidates in one signal: a host with many addresses gathers some dozens. */
  candidatesMax: 64,
  /** The name of a negotiation: a UUID has 36 characters. */
  negotiationLengthMax: 64,
  announcesPerMessageMax: 64,
  /** Peers that one `peers` tells of. */
  peersMax: 30,
  peersWantedDefault: 8,
  /** Peers that a viewer may say it has: those that `peersMax` allows, twice over. */
  connectedPeersMax: 64,
  tokenLengthMax: 4_096,
} as const;
