/** The bounds of the WebTorrent dialect that are part of its messages' schemas. */
export const torrentLimits = {
  /** Offers of one announce that are relayed: clients in use make 5 or 10. */
  offersPerAnnounceMax: 10,
  /** Of one announce's offers so many are looked at: clients in use make 50 at the most. */
  offersReadMax: 64,
  /** The name of an offer: the clients in use take 20 random bytes. */
  offerIdLengthMax: 64,
  /** An offer or an answer as JSON: an SDP with its candidates has 2 to 8 KB. */
  descriptionBytesMax: 16 * 1024,
  /** Levels of an offer or an answer, of which WebRTC has one: what is too deep isn't relayed. */
  descriptionDepthMax: 16,
  /** Swarms that one scrape tells of: 9 KB. */
  scrapedSwarmsMax: 100,
} as const;
