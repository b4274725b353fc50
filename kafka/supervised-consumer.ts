import type { Consumer, EachBatchPayload } from 'kafkajs';
import { messageOf } from '../service/errors.js';
import { RateLimitedLog, type Logger } from '../service/logs.js';
import { rebalancing } from './rebalancing.js';
import { backoffMs, pause, withDeadline } from './timing.js';

export interface SupervisedConsumerOptions {
  readonly groupId: string;
  readonly topic: string;
  /** True: without a commit or a seek it begins at the log's end. Default: at its beginning. */
  readonly beginsAtEnd?: boolean;
  /** A new kafkajs consumer, over a client of its own. */
  readonly makeConsumer: () => Consumer;
  /**
   * Must not wait: kafkajs fetches nothing more from a broker until all batches of its last answer
   * are handled.
   */
  readonly onBatch: (payload: EachBatchPayload) => void;
  /** The group gave us these partitions. Runs before the next fetch. */
  readonly onJoined: (partitions: readonly number[]) => void;
  /** What we were given before is over. May come several times. */
  readonly onEnded: () => void;
  readonly logger: Logger;
  readonly now: () => number;
}

const restartFirstMs = 250;
const restartMsMax = 2_000;
/** A consumer that lived this long was well: its next restart is quick again. */
const wellAfterMs = 60_000;
/** Fetches begin at least every 2 s and a join takes about 20 s: silence beyond this is death. */
const silenceMsMax = 60_000;
const silenceCheckMs = 5_000;
const stopDeadlineMs = 5_000;
/**
 * By then Kafka has moved what a dead broker coordinated, and the session, of 10 s or more, still
 * stands.
 */
const coordinatorSilenceMsMax = 6_000;
/** After a pause of this process the next heartbeat has to have its chance. */
const suspicionMsMin = 1_000;

/**
 * Keeps one kafkajs consumer alive: after a crash, or silence, a new one is made, with a backoff.
 * kafkajs's own restart is off (`restartOnFailure`), since it gives up on some errors without a
 * word.
 */
export class SupervisedConsumer {
  readonly #stopping = new AbortController();
  readonly #warnings: RateLimitedLog;
  #consumer: Consumer | undefined;
  #living: Promise<void> | undefined;
  #joined = defer();
  #lastSignMs = -Infinity;
  #lastHeartbeatAtMs = -Infinity;
  #joinedAtMs = -Infinity;
  #lastFetchAtMs: number;
  #suspectedAtMs: number | undefined;
  #end: ((reason: string) => void) | undefined;

  constructor(private readonly options: SupervisedConsumerOptions) {
    this.#warnings = new RateLimitedLog(options.now);
    this.#lastFetchAtMs = options.now();
  }

  /**
   * Resolves when the group was joined for the first time, or at `stop`. Until then it goes on
   * trying.
   */
  async start(): Promise<void> {
    this.#living ??= this.#live();
    await this.#joined.promise;
  }

  /** Leaves the group; within about 5 s if no broker answers. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#joined.resolve();
    await this.#living;
  }

  /** Ends the consumer of the present, which leaves the group; a new one joins it. */
  restart(reason: string): void {
    this.#end?.(reason);
  }

  /** The consumer of the present, if there's one. */
  get consumer(): Consumer | undefined {
    return this.#consumer;
  }

  /**
   * When the last heartbeat or sync that the coordinator answered was *sent*. Its answer may have
   * lain in the socket for long, if this process was paused, so the time of reading it says
   * nothing.
   */
  get lastHeartbeatAtMs(): number {
    return this.#lastHeartbeatAtMs;
  }

  /** When a broker last answered a fetch; of none yet: when this was made. */
  get lastFetchAtMs(): number {
    return this.#lastFetchAtMs;
  }

  async #live(): Promise<void> {
    const { now, logger, groupId, topic } = this.options;
    const { signal } = this.#stopping;
    for (let restarts = 0; ; restarts += 1) {
      if (this.#isStopping()) return;
      const bornAtMs = now();
      const reason = await this.#oneLife();
      if (this.#isStopping()) return;
      if (now() - bornAtMs > wellAfterMs) restarts = 0;
      const waitMs = backoffMs(restarts, restartFirstMs, restartMsMax);
      this.#warnings.log('restart', (heldBack) => {
        logger.warn(
          { groupId, topic, reason, waitMs, heldBack },
          'Kafka consumer ended, starting a new one',
        );
      });
      await pause(waitMs, signal);
    }
  }

  /** Runs one consumer to its end; returns why it ended. */
  async #oneLife(): Promise<string> {
    const { topic, beginsAtEnd, logger } = this.options;
    const ended = defer<string>();
    const consumer = this.options.makeConsumer();
    this.#consumer = consumer;
    this.#end = ended.resolve;
    this.#lastSignMs = this.options.now();
    this.#listen(consumer, ended.resolve);
    let lookedAtMs = this.#lastSignMs;
    const watch = setInterval(() => {
      const nowMs = this.options.now();
      // kafkajs would send its next heartbeat when the clock has caught up.
      if (nowMs < lookedAtMs) ended.resolve('the clock was set back');
      if (nowMs - this.#lastSignMs > silenceMsMax) ended.resolve('no sign of life');
      lookedAtMs = nowMs;
    }, silenceCheckMs);
    const onStop = (): void => ended.resolve('stopped');
    this.#stopping.signal.addEventListener('abort', onStop, { once: true });

    const running = (async () => {
      await consumer.connect();
      await consumer.subscribe({ topics: [topic], fromBeginning: beginsAtEnd !== true });
      await consumer.run({
        autoCommit: false,
        eachBatchAutoResolve: false,
        eachBatch: async (payload) => {
          if (this.#consumer === consumer) this.#handle(payload);
          return Promise.resolve();
        },
      });
    })();
    running.catch((error: unknown) => ended.resolve(messageOf(error)));

    const reason = await ended.promise;
    clearInterval(watch);
    this.#stopping.signal.removeEventListener('abort', onStop);
    this.options.onEnded();
    // Only a consumer that has joined leaves its group when it is stopped, so a join under way may
    // end first.
    const stopping = running.catch(() => undefined).then(() => consumer.disconnect());
    await withDeadline(stopping, stopDeadlineMs, () => new Error('no answer in time')).catch(
      (error: unknown) =>
        logger.debug({ topic, error: messageOf(error) }, 'Kafka consumer did not end well'),
    );
    this.#consumer = undefined;
    return reason;
  }

  #isStopping(): boolean {
    return this.#stopping.signal.aborted;
  }

  #handle(payload: EachBatchPayload): void {
    if (this.#isStopping()) return;
    this.#refuseSilentCoordinator();
    this.options.onBatch(payload);
  }

  /**
   * Throws when the coordinator has been silent for long: kafkajs goes on asking one that is gone
   * until its retries are used up, unless it takes the group to be rebalancing. Then it looks for
   * the coordinator anew and joins again as the same member.
   */
  #refuseSilentCoordinator(): void {
    const nowMs = this.options.now();
    const silentMs = nowMs - Math.max(this.#lastHeartbeatAtMs, this.#joinedAtMs);
    if (silentMs < coordinatorSilenceMsMax / 2) return;
    this.#suspectedAtMs ??= nowMs;
    const isSilent = silentMs > coordinatorSilenceMsMax;
    if (isSilent && nowMs - this.#suspectedAtMs > suspicionMsMin) {
      throw rebalancing(`no answer from the group coordinator for ${silentMs} ms`);
    }
  }

  #listen(consumer: Consumer, onCrash: (reason: string) => void): void {
    const { topic, now } = this.options;
    const { GROUP_JOIN, REBALANCING, HEARTBEAT, FETCH_START, CRASH, REQUEST } = consumer.events;
    const ifCurrent =
      <E>(listener: (event: E) => void) =>
      (event: E): void => {
        if (this.#consumer !== consumer || this.#isStopping()) return;
        this.#lastSignMs = now();
        listener(event);
      };
    const sentAtMs = { heartbeat: -Infinity, sync: -Infinity };

    consumer.on(REQUEST, ({ payload }) => {
      if (payload.apiName === 'Heartbeat') sentAtMs.heartbeat = payload.sentAt;
      if (payload.apiName === 'SyncGroup') sentAtMs.sync = payload.sentAt;
      if (payload.apiName === 'Fetch') this.#lastFetchAtMs = now();
    });
    consumer.on(
      HEARTBEAT,
      ifCurrent(() => this.#heartbeat(sentAtMs.heartbeat)),
    );
    consumer.on(
      FETCH_START,
      ifCurrent(() => undefined),
    );
    consumer.on(
      REBALANCING,
      ifCurrent(() => this.options.onEnded()),
    );
    consumer.on(
      GROUP_JOIN,
      ifCurrent(({ payload }) => {
        this.#joinedAtMs = now();
        this.#heartbeat(sentAtMs.sync);
        this.options.onJoined(payload.memberAssignment[topic] ?? []);
        this.#joined.resolve();
      }),
    );
    consumer.on(CRASH, ({ payload }) => onCrash(messageOf(payload.error)));
  }

  #heartbeat(sentAtMs: number): void {
    this.#suspectedAtMs = undefined;
    // What was sent before the clock was set back says nothing.
    const isUsable = this.#lastHeartbeatAtMs <= this.options.now();
    this.#lastHeartbeatAtMs = isUsable ? Math.max(this.#lastHeartbeatAtMs, sentAtMs) : sentAtMs;
  }
}

interface Deferred<T> {
  readonly promise: Promise<T>;
  readonly resolve: (value: T) => void;
}

function defer<T = void>(): Deferred<T> {
  let resolve: (value: T) => void = () => undefined;
  const promise = new Promise<T>((resolvePromise) => {
    resolve = resolvePromise;
  });
  return { promise, resolve };
}
