import kafkajs, {
  type Admin,
  type Consumer,
  type ConsumerConfig,
  type Kafka,
  type PartitionAssigner,
  type Producer,
} from 'kafkajs';
import type { AppError } from '../service/errors.js';
import type { Logger } from '../service/logs.js';
import type { Admittance } from './admittance.js';
import { guardKafkajs } from './guards.js';
import { guardedSockets } from './guarded-sockets.js';
import { kafkajsLogs } from './kafkajs-logs.js';
import { guardedLogin } from './login.js';
import { appendDeadlineMs } from './producer.js';
import type { KafkaSecurity } from './settings.js';
import { partitionBytesMax } from './partition-reading.js';
import type { GroupConsumerOptions } from './types.js';

export interface KafkaConnectionOptions {
  /** `host:port` of some brokers. */
  readonly brokers: readonly string[];
  /** Names this process in the brokers' logs. */
  readonly clientId: string;
  readonly logger: Logger;
  /** Default: neither TLS nor a login. */
  readonly security?: KafkaSecurity;
  /** Told when a log that a tail reads was made anew, or lost records. */
  readonly onLogLost?: (error: AppError) => void;
}

const connectionTimeoutMs = 3_000;
/**
 * A broker that hangs, or is just starting, takes requests and answers none: others have to be
 * asked soon.
 */
const requestTimeoutMs = 5_000;
const sessionTimeoutMs = 10_000;
/** Members learn of a rebalance by their next heartbeat. */
const heartbeatIntervalMs = 1_000;
/** Who is alone in its group is never rebalanced: it has to be heard of within its session. */
const loneHeartbeatIntervalMs = 3_000;
/**
 * How long a broker may hold an empty answer back; also how long a resumed partition may wait for
 * its next fetch. Longer where all is quiet: kafka/idle-fetch-guard.ts.
 */
const fetchWaitMs = 100;
/** The same where nothing is ever paused: a record is answered as soon as it is there. */
const followWaitMs = 2_000;
/**
 * Leaders move; a client that looks again soon is the cheapest way to notice, if the former one
 * answers nothing.
 */
const metadataAgeMsMax = 5_000;
const retry = { initialRetryTime: 100, maxRetryTime: 1_000, factor: 0.2, multiplier: 2 };
/**
 * Few: a kafkajs client that reconnects for long keeps dead broker objects and leaks sockets, so
 * it's better to let it fail and make a new one. The price is that a consumer's old member must
 * time out of its group.
 */
const connectRetries = 3;
/**
 * A member outlives the time in which its coordinator is away, about 6 s until Kafka has moved it:
 * only the same member can join again at once, while a new one waits for the former's session to
 * time out.
 */
const memberRetries = 60;
const coordinatorRetries = 10;

const consumerDefaults = {
  heartbeatInterval: heartbeatIntervalMs,
  metadataMaxAge: metadataAgeMsMax,
  allowAutoTopicCreation: false,
  maxWaitTimeInMs: fetchWaitMs,
  minBytes: 1,
  readUncommitted: true,
  retry: {
    ...retry,
    retries: memberRetries,
    restartOnFailure: () => Promise.resolve(false),
  },
};

function loneMember(groupId: string): ConsumerConfig {
  return {
    ...consumerDefaults,
    groupId,
    heartbeatInterval: loneHeartbeatIntervalMs,
    maxWaitTimeInMs: followWaitMs,
    sessionTimeout: sessionTimeoutMs,
    rebalanceTimeout: sessionTimeoutMs,
  };
}

/**
 * Makes kafkajs clients, set up as the adapter needs them. Each has a Kafka instance of its own,
 * since consumers of one instance share their committed offsets.
 */
export class KafkajsClients {
  readonly #logCreator: kafkajs.logCreator;
  #made = 0;

  constructor(
    private readonly options: KafkaConnectionOptions,
    private readonly admittance: Admittance,
    now: () => number,
  ) {
    const isRefused = (): boolean => admittance.problem() !== undefined;
    this.#logCreator = kafkajsLogs(options.logger, now, isRefused);
  }

  admin(): Admin {
    return this.#kafka().admin();
  }

  /** One that asks once whether there is an answer. */
  probe(): Admin {
    return this.#kafka().admin({ retry: { retries: 0 } });
  }

  producer(): Producer {
    return this.#kafka({ timeoutMs: appendDeadlineMs }).producer({
      allowAutoTopicCreation: false,
      idempotent: false,
      metadataMaxAge: metadataAgeMsMax,
      createPartitioner: kafkajs.Partitioners.DefaultPartitioner,
      // Whoever appends tries again, with a new client: kafkajs would do it for long after we gave
      // up.
      retry: { ...retry, retries: 0 },
    });
  }

  /** A member of a group whose partitions are shared out by one of the assigners. */
  member(options: GroupConsumerOptions, assigners: PartitionAssigner[]): Consumer {
    return this.#kafka({ retries: coordinatorRetries }).consumer({
      ...consumerDefaults,
      groupId: options.groupId,
      partitionAssigners: assigners,
      sessionTimeout: options.sessionTimeoutMs ?? sessionTimeoutMs,
      rebalanceTimeout: options.sessionTimeoutMs ?? sessionTimeoutMs,
      maxBytesPerPartition: options.fetchBytesMaxPerPartition ?? partitionBytesMax,
    });
  }

  /** The only member of its group. */
  tail(groupId: string): Consumer {
    return this.#kafka().consumer(loneMember(groupId));
  }

  /** The only member of its group, which is given what the assigner says. */
  follower(groupId: string, assigner: PartitionAssigner): Consumer {
    return this.#kafka().consumer({
      ...loneMember(groupId),
      partitionAssigners: [assigner],
    });
  }

  #kafka({
    retries = connectRetries,
    timeoutMs = requestTimeoutMs,
  }: { readonly retries?: number; readonly timeoutMs?: number } = {}): Kafka {
    guardKafkajs(heartbeatIntervalMs);
    const { tls, login } = this.options.security ?? {};
    return new kafkajs.Kafka({
      ...(tls === undefined ? {} : { ssl: tls }),
      ...(login === undefined ? {} : { sasl: guardedLogin(login, this.admittance) }),
      socketFactory: guardedSockets(this.admittance, login !== undefined),
      clientId: this.options.clientId,
      // The next one begins at the next broker: kafkajs asks the first again and again, though it
      // may hang.
      brokers: rotated(this.options.brokers, this.#made++),
      connectionTimeout: connectionTimeoutMs,
      requestTimeout: timeoutMs,
      retry: { ...retry, retries },
      logLevel: kafkajs.logLevel.INFO,
      logCreator: this.#logCreator,
    });
  }
}

function rotated<T>(list: readonly T[], by: number): T[] {
  const first = by % Math.max(1, list.length);
  return [...list.slice(first), ...list.slice(0, first)];
}
