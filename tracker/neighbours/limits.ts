import { neighbourLimits } from '../../schemas/index.js';

/** Every bound of what trackers tell each other, with its reason: docs/neighbours.md. */
export const bounds = {
  ...neighbourLimits,
  /** A swarm with fewer peers of one tracker is too small to choose well from. */
  smallSwarmMax: 256,
  /** Peers told of a swarm that is small here or elsewhere: seven others tell two hundred. */
  sampleMax: 32,
  /** Peers told where it is large everywhere: two threads, so that it stays one graph. */
  threadsMax: 2,
  /** How soon a change is told: with the way through Kafka, well within a second. */
  beatMs: 250,
  /** How often a swarm is told at most: a crowd that comes at once is told in a few. */
  tellingIntervalMsMin: 500,
  /** How often a tracker says that it lives. */
  heartbeatMs: 1_000,
  /** The same where the others know of nobody there: one may be late. */
  emptyHeartbeatMs: 2_000,
  /** Without a word for this long a tracker is gone: three heartbeats may be late. */
  silentMsMax: 4_000,
  /** A record that stood in the log for longer says nothing of the present. */
  recordAgeMsMax: 10_000,
  /** Announce intervals after which a swarm is told again that nobody else has. */
  lonelyIntervals: 3,
  /** Announce intervals after which what was told of a swarm and never again counts no more. */
  forgottenIntervals: 8,
  /** Trackers that are believed to be there. */
  instancesMax: 256,
  /** Peers remembered of all trackers: some 200 bytes each. */
  heardPeersMax: 100_000,
  /** And swarms of each of them, some of which name no peer. */
  heardSwarmsMax: 100_000,
  /** Heard swarms that are looked at to make room for one: nearly all that are old aren't here. */
  roomLooksMax: 64,
  /** Messages of one tracker that are taken: what 10 000 viewers of its have to say. */
  messagesPerSecond: 2_000,
  messagesBurst: 8_000,
  /** A longer message counts as several: then what waits stays below its bound. */
  messageBytes: 4 * 1024,
  /** Of one address, when half of the burst is gone: a quarter, so that no one takes it all. */
  originMessagesPerSecond: 500,
  originMessagesBurst: 2_000,
  /** Addresses that are told apart meanwhile. */
  originsMax: 10_000,
  /** Of messages that wait for a partition of `signals`, a hundred of the largest. */
  waitingBytesMax: 2 * 1024 * 1024,
  /** Of those, what goes in one request. */
  requestBytesMax: 256 * 1024,
  /** How often a cluster without the topics is asked for them. */
  topicsAskedEveryMs: 10_000,
} as const;
