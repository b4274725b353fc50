/**
 * What the rest of the system knows of Kafka. Only this room imports kafkajs; its defects and our
 * guards are listed in kafka/DEFECTS.md.
 * Offsets are numbers (exact to 2^53); times are Unix milliseconds.
 */

/**
 * One record as it stands in the log. `logAppendTimeMs` is the broker's stamp (LogAppendTime
 * topics).
 */
export interface LogRecord {
  readonly partition: number;
  readonly offset: number;
  readonly logAppendTimeMs: number;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
}

export interface NewRecord {
  readonly key?: Buffer | string;
  readonly value: Buffer | null;
}

/**
 * Where an acknowledged append stands: the offset of its first record and the stamp that all its
 * records got.
 */
export interface Appended {
  readonly partition: number;
  readonly baseOffset: number;
  readonly logAppendTimeMs: number;
}

export interface LogProducer {
  /**
   * Appends records to one partition and resolves when Kafka has acknowledged them.
   * One call is one request for one partition; several calls may be in flight. Rejects with an
   * AppError (`kafka_unavailable`, retryable; `kafka_rejected`, not retryable, for instance a
   * record too large): the records may stand in the log all the same, so a caller that appends
   * again makes copies (docs/exactness.md#each-number-once takes them out).
   */
  append(topic: string, partition: number, records: readonly NewRecord[]): Promise<Appended>;
  close(): Promise<void>;
}

/** What goes to one partition. */
export interface PartitionAppend {
  readonly partition: number;
  readonly records: readonly NewRecord[];
}

export interface PartitionsProducer extends LogProducer {
  /**
   * Appends to several partitions, each of them once there, by one request to each of their
   * leaders. Rejects as `append` does where Kafka has not acknowledged all of them.
   */
  appendEach(topic: string, appends: readonly PartitionAppend[]): Promise<void>;
}

/**
 * Where an owner begins. `endOffset` is the log's end (the next offset to be written) when it was
 * assigned.
 */
export type StartPosition =
  | {
      readonly kind: 'committed';
      readonly offset: number;
      readonly metadata: string;
      readonly endOffset: number;
    }
  | {
      readonly kind: 'beginning';
      /** The log's first offset. */
      readonly offset: number;
      readonly reason: 'no_commit' | 'out_of_range';
      readonly endOffset: number;
    };

/**
 * A partition as its owner sees it; of one assignment: after a rebalance, a restart or a gap
 * there's a new one.
 */
export interface OwnedPartition {
  readonly topic: string;
  readonly partition: number;
  /** Our own counter; grows with every (re)assignment. */
  readonly generation: number;
  /** True: the assignment has not ended. */
  isOwned(): boolean;
  /** Commits with metadata. True: committed. False: not, since this assignment has ended. */
  commit(offset: number, metadata: string): Promise<boolean>;
  /** Stops fetching this partition until resume. */
  pause(): void;
  resume(): void;
}

/** The state machine that reads one owned partition. */
export interface PartitionReader {
  /**
   * Records in offset order, without a gap since `start.offset`; the next call comes after the
   * promise resolves. A rejection makes the adapter close this reader and open a new one.
   * `release`: to be called when nothing refers to the keys and values of these records any more;
   * later ones are read into the same memory then. Without it they are garbage in the end.
   */
  read(records: readonly LogRecord[], release?: () => void): Promise<void>;
  /** The assignment has ended. Nothing may be written for it any more. */
  close(): void;
}

export interface GroupConsumerOptions {
  readonly groupId: string;
  readonly topic: string;
  /** Those below are shared out and read, however many the topic has. Default: all. */
  readonly partitions?: number;
  /** True: a commit with this metadata is ours. Others count as none (kafkajs commits −2). */
  readonly isOurMetadata: (metadata: string) => boolean;
  /** Called once for each assignment of a partition, with empty state. */
  readonly open: (partition: OwnedPartition, start: StartPosition) => PartitionReader;
  /**
   * Told why an owned partition isn't read yet, again at each failure; undefined: its reading is
   * open.
   */
  readonly onWaiting?: (partition: number, reason: string | undefined) => void;
  /** Who of the group's members may be given partitions. Default: everybody. */
  readonly ring?: GroupRing;
  /** Default 10 000. */
  readonly sessionTimeoutMs?: number;
  /** Most bytes of one partition in one fetch. Default 1 MiB. */
  readonly fetchBytesMaxPerPartition?: number;
}

/** The nodes among which a group shares its partitions out. */
export interface GroupRing {
  /** Of this member. */
  readonly node: string;
  /** Undefined: all that are there. Members that don't tell their node's name are in. */
  readonly nodes: () => ReadonlySet<string> | undefined;
  /**
   * The protocols by which this member can have partitions shared out, the best first: a group
   * takes nobody in who has none in common with all others.
   */
  readonly protocols: () => readonly string[];
  /** Calls the listener after each change of these; returns what ends that. */
  readonly onChange: (listener: () => void) => () => void;
}

export interface GroupConsumer {
  start(): Promise<void>;
  /** Leaves the group, so that others take over at once. */
  stop(): Promise<void>;
  /** The partitions owned now. */
  owned(): readonly number[];
  /**
   * When the last heartbeat or join that the coordinator answered was *sent* by us. `-Infinity`
   * before the first. Not when its answer was read: after a pause of this process an old answer may
   * still lie in the socket.
   */
  lastHeartbeatAtMs(): number;
  /** When it last had records for a reader, or was assigned partitions; `-Infinity` before. */
  lastBusyAtMs(): number;
}

/** Reads a whole one-partition log from its beginning and then follows it, outside any group. */
export interface LogTail {
  /** Resolves when everything that stood in the log at the call has been given to `onRecord`. */
  start(): Promise<void>;
  stop(): Promise<void>;
  /** When a broker last answered a fetch, which it does every few seconds where all is well. */
  lastAnswerAtMs(): number;
}

/**
 * Reads one partition from its end on, outside any group, with no more delay than Kafka has. What
 * is written before it begins is never given, and what was written in an outage may not be.
 */
export interface LogFollower {
  /** Resolves when it reads, however long that takes, or at `stop`. */
  start(): Promise<void>;
  stop(): Promise<void>;
}

export interface ProducerOptions {
  /** Who has to have a record before it counts as appended. Default: all replicas in sync. */
  readonly acks?: 'all' | 'leader';
}

export interface TopicDescription {
  readonly topic: string;
  readonly partitions: number;
  /** The smallest number of replicas that any partition has. */
  readonly replicationFactor: number;
  /** The topic's effective settings, such as `message.timestamp.type`. */
  readonly settings: Readonly<Record<string, string>>;
}

export interface NewTopic {
  readonly topic: string;
  readonly partitions: number;
  readonly replicationFactor: number;
  readonly settings: Readonly<Record<string, string>>;
}

export interface PartitionOffsets {
  readonly partition: number;
  /** First offset that still stands in the log. */
  readonly startOffset: number;
  /** The next offset to be written. */
  readonly endOffset: number;
}

export interface OffsetAt {
  readonly partition: number;
  readonly offset: number | undefined;
}

export interface GroupCommit {
  readonly partition: number;
  /** −1 when there is none. */
  readonly offset: number;
  readonly metadata: string;
}

export interface PartitionLeader {
  readonly partition: number;
  readonly broker: string | undefined;
}

export interface LogAdmin {
  /** Undefined when the topic doesn't exist. */
  describeTopic(topic: string): Promise<TopicDescription | undefined>;
  /** True: created now. False: it existed already. */
  createTopic(topic: NewTopic): Promise<boolean>;
  offsets(topic: string): Promise<readonly PartitionOffsets[]>;
  /**
   * For each partition the offset of the first record whose stamp is `timeMs` or later; undefined
   * where the log has not got there yet.
   */
  offsetsAt(topic: string, timeMs: number): Promise<readonly OffsetAt[]>;
  commits(groupId: string, topic: string): Promise<readonly GroupCommit[]>;
  brokerCount(): Promise<number>;
  /** Who leads each partition now, as `host:port`; undefined where nobody does. */
  leaders(topic: string): Promise<readonly PartitionLeader[]>;
  /** Replicas that are not in sync now, over all partitions. */
  replicasMissing(topic: string): Promise<number>;
  close(): Promise<void>;
}

export interface KafkaConnection {
  /**
   * Resolves when a broker answers; until then says so with `onWaiting`, once a few seconds, for
   * ever or till `signal`. Rejects with a StartError (`kafka_refused`, exit code 78) when a broker
   * refuses our login or certificate, we refuse its, or its port is of another kind, and no other
   * one lets us in.
   */
  waitUntilReachable(onWaiting: (reason: string) => void, signal?: AbortSignal): Promise<void>;
  /** Why Kafka lets this process in no more, as an operator reads it; undefined when it does. */
  problem(): string | undefined;
  producer(options?: ProducerOptions): Promise<PartitionsProducer>;
  groupConsumer(options: GroupConsumerOptions): GroupConsumer;
  tail(topic: string, onRecord: (record: LogRecord) => void): LogTail;
  follow(topic: string, partition: number, onRecord: (record: LogRecord) => void): LogFollower;
  admin(): Promise<LogAdmin>;
}
