import { isDeepStrictEqual } from 'node:util';
import type { Consumer, EachBatchPayload, PartitionAssigner } from 'kafkajs';
import { messageOf } from '../service/errors.js';
import { RateLimitedLog, type Logger } from '../service/logs.js';
import { isEndOfAssignment, toAppError } from './errors.js';
import { releaseBatch } from './fetched-memory.js';
import { toLogRecord } from './log-record.js';
import { PartitionReading, partitionBytesMax, type FetchControl } from './partition-reading.js';
import { rebalancing } from './rebalancing.js';
import { decideStart } from './start-position.js';
import { firstProtocol, stickyAssigner, type StickyAssignerHooks } from './sticky-assigner.js';
import { SupervisedConsumer } from './supervised-consumer.js';
import { backoffMs, pause } from './timing.js';
import type { GroupConsumer, GroupConsumerOptions, LogAdmin } from './types.js';

const beginAgainFirstMs = 100;
const beginAgainMsMax = 10_000;
/** A partition that read well for this long begins again without delay. */
const wellAfterMs = 60_000;
/** A member that fetches without having been given anything for this long joins again. */
const withoutReadingsMsMax = 10_000;
/** Who is to join again and reads nothing leaves the group instead after this long. */
const joinAgainMsMax = 3_000;

export interface GroupConsumerParts {
  readonly makeConsumer: (assigners: PartitionAssigner[]) => Consumer;
  /** Asked for commits and offsets; closed at `stop`. */
  readonly admin: LogAdmin;
  readonly logger: Logger;
  readonly now: () => number;
}

/**
 * A member of a consumer group with the guards of kafka/DEFECTS.md. Every (re)assignment ends all
 * readings, and new ones begin from the commit with empty state: kafkajs goes on at its own
 * positions, which may be wrong. A batch counts only if it begins at the expected offset of the
 * reading that is open now, so neither a batch of an earlier generation nor one that came too early
 * can move anything.
 */
export class KafkaGroupConsumer implements GroupConsumer {
  readonly #supervised: SupervisedConsumer;
  readonly #readings = new Map<number, PartitionReading>();
  readonly #brokenBefore = new Map<number, { count: number; atMs: number }>();
  readonly #stopping = new AbortController();
  readonly #warnings: RateLimitedLog;
  readonly #control: FetchControl;
  #generation = 0;
  #ownedBefore: readonly number[] = [];
  /** By which the consumer of the present joins. */
  #protocols: readonly string[] = [];
  #endedAtMs: number | undefined;
  #lastBusyAtMs = -Infinity;
  /** True: this member shared the partitions out, as they are now. */
  #isLeader = false;
  #joiningAgain: NodeJS.Timeout | undefined;
  #stopWatchingRing: () => void = () => undefined;
  #commitOnce: EachBatchPayload['commitOffsetsIfNecessary'] | undefined;

  constructor(
    private readonly options: GroupConsumerOptions,
    private readonly parts: GroupConsumerParts,
  ) {
    const { groupId, topic, ring, partitions = Infinity } = options;
    const hooks: StickyAssignerHooks = {
      partitions,
      ownedBefore: () => this.#ownedBefore,
      onJoining: () => {
        this.#isLeader = false;
        this.#isJoiningAgain();
        this.#endAll();
      },
      onAssigning: () => (this.#isLeader = true),
      node: ring?.node,
      nodes: () => ring?.nodes(),
    };
    this.#warnings = new RateLimitedLog(parts.now);
    this.#control = {
      pause: (partition) =>
        this.#steer((consumer) => consumer.pause([{ topic, partitions: [partition] }])),
      resume: (partition) =>
        this.#steer((consumer) => consumer.resume([{ topic, partitions: [partition] }])),
      seek: (partition, offset) =>
        this.#steer((consumer) => consumer.seek({ topic, partition, offset: String(offset) })),
      commit: (partition, offset, metadata) => this.#commit(partition, offset, metadata),
    };
    this.#supervised = new SupervisedConsumer({
      groupId,
      topic,
      makeConsumer: () => {
        this.#commitOnce = undefined;
        this.#protocols = ring?.protocols() ?? [firstProtocol];
        return parts.makeConsumer(this.#protocols.map((name) => stickyAssigner(name, hooks)));
      },
      onBatch: (payload) => this.#onBatch(payload),
      // A member of an earlier version shares out all that the topic has.
      onJoined: (assigned) => this.#onJoined(assigned.filter((one) => one < partitions)),
      onEnded: () => this.#endAll(),
      logger: parts.logger,
      now: parts.now,
    });
  }

  async start(): Promise<void> {
    this.#stopWatchingRing =
      this.options.ring?.onChange(() => this.#ringChanged()) ?? (() => undefined);
    await this.#supervised.start();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#stopWatchingRing();
    clearTimeout(this.#joiningAgain);
    this.#endAll();
    await this.#supervised.stop();
    await this.parts.admin.close();
  }

  owned(): readonly number[] {
    return [...this.#readings.keys()].sort((a, b) => a - b);
  }

  lastHeartbeatAtMs(): number {
    return this.#supervised.lastHeartbeatAtMs;
  }

  lastBusyAtMs(): number {
    return this.#lastBusyAtMs;
  }

  #ringChanged(): void {
    const protocols = this.options.ring?.protocols() ?? [];
    if (isDeepStrictEqual(protocols, this.#protocols)) this.#shareOutAgain();
    else this.#supervised.restart('the group is to be joined by other protocols');
  }

  /**
   * Other nodes than before may be given partitions: whoever shared them out joins again, whereupon
   * all do, and shares them out anew. Joins are asked for from within the handling of a batch.
   */
  #shareOutAgain(): void {
    if (!this.#isLeader || this.#joiningAgain !== undefined) return;
    this.#joiningAgain = setTimeout(() => {
      this.#joiningAgain = undefined;
      this.#supervised.restart('other nodes are in the ring');
    }, joinAgainMsMax);
  }

  /** True: it was to join again, and does so now. */
  #isJoiningAgain(): boolean {
    const wasToJoin = this.#joiningAgain !== undefined;
    clearTimeout(this.#joiningAgain);
    this.#joiningAgain = undefined;
    return wasToJoin;
  }

  /**
   * kafkajs refuses to be steered once it has crashed; its readings end right after, so nothing is
   * lost.
   */
  #steer(action: (consumer: Consumer) => void): void {
    const { consumer } = this.#supervised;
    if (consumer === undefined) return;
    try {
      action(consumer);
    } catch (error) {
      this.parts.logger.debug({ error: messageOf(error) }, 'Kafka consumer cannot be steered');
    }
  }

  #onJoined(partitions: readonly number[]): void {
    this.#endAll();
    this.#endedAtMs = undefined;
    this.#lastBusyAtMs = this.parts.now();
    this.#ownedBefore = [...partitions];
    this.parts.logger.info(
      { groupId: this.options.groupId, topic: this.options.topic, partitions: this.#ownedBefore },
      'partitions assigned',
    );
    this.#begin(partitions, 0, 'its commit and where its log ends are not known yet');
  }

  #endAll(): void {
    this.#endedAtMs ??= this.parts.now();
    const readings = [...this.#readings.values()];
    this.#readings.clear();
    for (const reading of readings) this.#end(reading);
  }

  #end(reading: PartitionReading): void {
    try {
      reading.end();
    } catch (error) {
      const { topic, partition } = reading;
      this.parts.logger.error(
        { topic, partition, error: messageOf(error) },
        'a reader failed to close',
      );
    }
  }

  /**
   * New readings with a new generation. Nothing is fetched for them until their positions are set.
   */
  #begin(partitions: readonly number[], delayMs: number, reason: string): void {
    this.#generation += 1;
    const readings = partitions.map((partition) => {
      this.#control.pause(partition);
      const reading = new PartitionReading(
        this.options.topic,
        partition,
        this.#generation,
        this.#control,
        partitionBytesMax,
        (broken, error) => this.#beginAgain(broken, messageOf(error)),
      );
      this.#readings.set(partition, reading);
      this.#tellWaiting([reading], reason);
      return reading;
    });
    void this.#open(readings, delayMs);
  }

  /**
   * Loads commits and the log's ends, then opens the gates. Tries for as long as any reading is
   * owned.
   */
  async #open(readings: readonly PartitionReading[], delayMs: number): Promise<void> {
    const { groupId, topic, isOurMetadata, open } = this.options;
    const { admin, logger } = this.parts;
    await pause(delayMs, this.#stopping.signal);
    for (let attempt = 0; readings.some((reading) => reading.isOwned()); attempt += 1) {
      try {
        const commits = new Map(
          (await admin.commits(groupId, topic)).map((commit) => [commit.partition, commit]),
        );
        const logs = new Map((await admin.offsets(topic)).map((log) => [log.partition, log]));
        for (const reading of readings) {
          const log = logs.get(reading.partition);
          if (log === undefined) throw new Error(`no offsets of ${topic}/${reading.partition}`);
          if (!reading.isOwned() || reading.isOpen()) continue;
          this.#openOne(reading, () =>
            reading.open(decideStart(commits.get(reading.partition), log, isOurMetadata), open),
          );
        }
        return;
      } catch (error) {
        if (!readings.some((reading) => reading.isOwned())) return;
        this.#tellWaiting(readings, `its commit cannot be loaded: ${messageOf(error)}`);
        this.#warnings.log('positions', (heldBack) => {
          logger.warn(
            { groupId, topic, error: messageOf(error), heldBack },
            'cannot load commits, trying again',
          );
        });
        await pause(backoffMs(attempt, beginAgainFirstMs, beginAgainMsMax), this.#stopping.signal);
      }
    }
  }

  #openOne(reading: PartitionReading, open: () => void): void {
    try {
      open();
      this.#tellWaiting([reading], undefined);
    } catch (error) {
      this.#beginAgain(reading, messageOf(error));
    }
  }

  #tellWaiting(readings: readonly PartitionReading[], reason: string | undefined): void {
    for (const reading of readings) {
      const isWaiting = reading.isOwned() && !reading.isOpen();
      if (isWaiting === (reason !== undefined)) this.options.onWaiting?.(reading.partition, reason);
    }
  }

  #onBatch(payload: EachBatchPayload): void {
    const { batch } = payload;
    if (this.#isJoiningAgain()) throw rebalancing('other nodes are in the ring');
    const endedAtMs = this.#endedAtMs;
    if (endedAtMs !== undefined && this.parts.now() - endedAtMs > withoutReadingsMsMax) {
      throw rebalancing('fetching goes on though the assignment has ended');
    }
    this.#commitOnce = (offsets) => payload.commitOffsetsIfNecessary(offsets);
    const reading = this.#readings.get(batch.partition);
    // A batch that is dropped here resolves no offset, so it will be fetched again from where it
    // should.
    if (reading?.isOpen() !== true || payload.isStale() || batch.topic !== this.options.topic)
      return;
    const last = batch.messages.at(-1);
    if (last === undefined) return;
    const decision = reading.offer(
      batch.messages.map((message) => toLogRecord(batch.partition, message)),
      () => releaseBatch(batch),
    );
    switch (decision.kind) {
      case 'take':
        payload.resolveOffset(last.offset);
        this.#lastBusyAtMs = this.parts.now();
        break;
      case 'behind':
        this.#control.seek(batch.partition, reading.expectedOffset);
        break;
      case 'gap':
        this.#beginAgain(
          reading,
          `expected offset ${decision.expectedOffset}, found ${decision.foundOffset}`,
        );
        break;
    }
  }

  /** Ends a reading that met a gap or whose reader failed, and begins a new one from the commit. */
  #beginAgain(reading: PartitionReading, reason: string): void {
    const { partition } = reading;
    if (this.#readings.get(partition) !== reading) return;
    const { groupId, topic } = this.options;
    const nowMs = this.parts.now();
    const before = this.#brokenBefore.get(partition);
    const count = before === undefined || nowMs - before.atMs > wellAfterMs ? 0 : before.count + 1;
    this.#brokenBefore.set(partition, { count, atMs: nowMs });
    this.#warnings.log(`begin-again-${partition}`, (heldBack) => {
      this.parts.logger.warn(
        { groupId, topic, partition, reason, heldBack },
        'partition begins again from its commit',
      );
    });
    this.#end(reading);
    this.#begin(
      [partition],
      count === 0 ? 0 : backoffMs(count, beginAgainFirstMs, beginAgainMsMax),
      `it begins again from its commit: ${reason}`,
    );
  }

  /**
   * Ownership was checked by the caller in this same turn, and the request carries the generation
   * of that moment. Through a batch's own function, since `Consumer.commitOffsets` tries again
   * after a rejoin, with the new generation, for a partition that may be another's by then
   * (kafka/DEFECTS.md#it-commits-for-partitions-that-are-lost).
   */
  async #commit(partition: number, offset: number, metadata: string): Promise<boolean> {
    const { topic } = this.options;
    const partitions = [{ partition, offset: String(offset), metadata }];
    const { consumer } = this.#supervised;
    if (consumer === undefined) return false;
    try {
      if (this.#commitOnce !== undefined)
        await this.#commitOnce({ topics: [{ topic, partitions }] });
      else await consumer.commitOffsets(partitions.map((commit) => ({ topic, ...commit })));
      return true;
    } catch (error) {
      if (isEndOfAssignment(error)) return false;
      throw toAppError(error, `commit of ${topic}/${partition}`);
    }
  }
}
