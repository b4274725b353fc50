import {
  partitionOfStream,
  type LogRecord,
  type OwnedPartition,
  type PartitionReader,
  type StartPosition,
} from '../../kafka/index.js';
import { allStreams, groups, minuteEndMs, topics } from '../../schemas/index.js';
import { messageOf } from '../../service/errors.js';
import type { CommitPoint } from '../commit-point.js';
import type { Refusal } from '../refusal.js';
import { totalsWaitingMax, unfinalMinutesMax } from '../final-bounds.js';
import type { LogEnd } from '../log-watch.js';
import { Ownership, sessionTimeoutMs } from '../ownership.js';
import type { Sink } from '../sinks/sink.js';
import type { StageParts } from '../stage-parts.js';
import type { PackedRecord } from './packed-partials.js';
import { PartitionTotals } from './partition-totals.js';
import type { SharedDecoding } from './shared-decoding.js';
import { SinkProgress, type Permission, type Written } from './sink-progress.js';
import { hasPassed } from '../../service/has-passed.js';

type TotalsRecord = Extract<PackedRecord, { readonly type: 'PartialBatch' | 'Progress' }>;

type Usable =
  { readonly ok: true; readonly record: TotalsRecord } | ({ readonly ok: false } & Refusal);

/** Where the readers of one member write, and how they know that they may. */
export interface TotalsWriting {
  readonly sink: Sink;
  /** When the last heartbeat that the coordinator answered was sent. */
  readonly lastHeartbeatAtMs: () => number;
}

/** What all readers of stage 2 in one process share. */
export interface TotalsShared {
  readonly decoding: SharedDecoding;
}

const commitIntervalMs = 1_000;

/** Stage 2 of one owned partition: reads partials, writes totals to its sink, commits. */
export class TotalsReader implements PartitionReader {
  #totals: PartitionTotals | undefined;
  #progress: SinkProgress | undefined;
  readonly #ownership: Ownership;
  #ownedSinceMs: number;
  readonly #finalWaitingMax: number;
  /** True: the figures over all streams are in this partition. */
  readonly #hasAllStreams: boolean;
  readonly #endDecoding: () => void;
  #toldUntilMs = 0;
  #committing = false;
  #lastCommitAtMs = -Infinity;

  constructor(
    private readonly partition: OwnedPartition,
    start: StartPosition,
    private readonly parts: StageParts & TotalsWriting & TotalsShared,
  ) {
    const name = `${groups.totals[parts.sink.name]}/${partition.partition}`;
    this.#ownership = new Ownership(name, partition, start, parts);
    this.#ownedSinceMs = parts.now();
    this.#endDecoding = parts.decoding.begin(partition.partition);
    this.#finalWaitingMax = totalsWaitingMax(parts.cluster);
    const { partialPartitions } = parts.cluster;
    this.#hasAllStreams = partition.partition === partitionOfStream(allStreams, partialPartitions);
    const { startPoint } = this.#ownership;
    if (startPoint !== undefined) this.#begin(startPoint);
  }

  /** The consumer group that it reads for. */
  get groupId(): string {
    return groups.totals[this.parts.sink.name];
  }

  /**
   * Comes before those that aren't: making Graphite's lines takes the thread, while ClickHouse can
   * work on what it has been given.
   */
  get goesFirst(): boolean {
    return this.parts.sink.isVersioned;
  }

  /** The partition's, as operators read it. */
  get name(): string {
    return this.#ownership.name;
  }

  get isClosed(): boolean {
    return this.#ownership.isClosed;
  }

  get openMinutes(): number {
    return this.#totals?.minutes().length ?? 0;
  }

  recordsBehind(logEnd: LogEnd): number {
    return this.#ownership.recordsBehind(this.#nextOffset(), logEnd);
  }

  watchFetching(logEnd: LogEnd): void {
    this.#ownership.watchFetching(this.#nextOffset(), logEnd);
  }

  /**
   * Says which input partition keeps minutes from being final, while it stands still and others go
   * on. Nothing is paused for it (docs/exactness.md#a-bounded-backlog).
   */
  watchFinal(): void {
    const totals = this.#totals;
    if (totals === undefined) return;
    const { watch, cluster } = this.parts;
    const { finalBefore, slowestInput } = totals;
    const unfinal = totals.unfinal();
    const isTooMany = unfinal > unfinalMinutesMax(cluster);
    watch.wentWell(this.name, 'final', isTooMany ? finalBefore : Infinity);
    if (!isTooMany) return;
    const reason = `${unfinal} minutes fill the memory until ${topics.announces}/${slowestInput} calls them final`;
    watch.waits(this.name, 'final', reason, finalBefore + 1);
  }

  async read(records: readonly LogRecord[], release?: () => void): Promise<void> {
    const totalsOf = (record: LogRecord): PartitionTotals =>
      this.#totals ?? this.#begin(this.#ownership.pointOfOldest(record));
    await this.#ownership.applyEach(records, {
      apply: (record) => {
        const totals = totalsOf(record);
        const usable = this.#usable(totals, record);
        if (!usable.ok) return this.#refuse(totals, record, usable);
        this.#apply(totals, record, usable.record);
        return undefined;
      },
      skip: (record) => totalsOf(record).skip(record.offset),
    });
    release?.();
    this.parts.metrics.records.inc({ topic: topics.partials }, records.length);
    if (this.goesFirst) this.tick();
    const finalWaiting = (): number => this.#totals?.finalWaiting() ?? 0;
    const reason = `${this.parts.sink.name} does not take minutes that are final`;
    await this.#ownership.untilFewWait(
      finalWaiting,
      this.#finalWaitingMax,
      reason,
      this.#nextOffset(),
    );
  }

  async #refuse(totals: PartitionTotals, record: LogRecord, refusal: Refusal): Promise<void> {
    await this.#ownership.deadLetters.refuse(record, refusal);
    totals.skip(record.offset);
  }

  /** Does what is due: called after records and several times a second. */
  tick(): void {
    const totals = this.#totals;
    const progress = this.#progress;
    if (totals === undefined || progress === undefined || !this.#ownership.isOwned()) return;
    const permission = this.#permission(totals);
    for (const written of progress.advance(permission)) this.#tell(written, permission.nowMs);
    const isDue = hasPassed(commitIntervalMs, this.#lastCommitAtMs, permission.nowMs);
    if (this.#committing || !isDue) return;
    totals.dropTaken((minute) => progress.isTaken(minute), progress.untoldFrom);
    progress.forgetBefore(totals.exactFrom);
    void this.#commit(totals, permission.nowMs);
  }

  close(): void {
    this.#endDecoding();
    this.#ownership.close();
  }

  #nextOffset(): number {
    return this.#totals?.nextOffset ?? this.#ownership.startOffset;
  }

  #tell({ minute, streams, isFirst, isClosed, saturated }: Written, nowMs: number): void {
    const { metrics, cluster, logger, rateLimited } = this.parts;
    const { name: sink } = this.parts.sink;
    const endMs = minuteEndMs(minute, cluster.intervalMs);
    metrics.sinkWrites.inc({ sink }, streams);
    if (this.#hasAllStreams && isClosed && endMs > this.#toldUntilMs) {
      this.#toldUntilMs = endMs;
      metrics.toldUntilSeconds.set({ sink }, endMs / 1_000);
    }
    if (isFirst) {
      metrics.firstWriteDelaySeconds.observe({ sink }, (nowMs - endMs) / 1_000);
    } else metrics.corrections.inc(streams);
    for (const stream of saturated) {
      metrics.saturatedTotals.inc({ sink, stream });
      rateLimited.log(`saturated ${stream}`, (heldBack) =>
        logger.error(
          { stream, minute, heldBack },
          'a sum of this stream would be larger than it can be, and stands at its bound',
        ),
      );
    }
  }

  #permission(totals: PartitionTotals): Permission {
    const { now, lastHeartbeatAtMs, cluster } = this.parts;
    const nowMs = now();
    // A clock that was set back says nothing of how long it was owned: as if from now on.
    this.#ownedSinceMs = Math.min(this.#ownedSinceMs, nowMs);
    return {
      nowMs,
      isCaughtUp: totals.nextOffset >= this.#ownership.endOffset,
      isAlive: !hasPassed(sessionTimeoutMs, lastHeartbeatAtMs(), nowMs),
      isSettled: nowMs - this.#ownedSinceMs >= cluster.takeoverMs,
    };
  }

  #begin(point: CommitPoint): PartitionTotals {
    const { partition } = this.partition;
    const sharing = this.parts.decoding.sharing(partition);
    const totals = new PartitionTotals(this.parts.cluster.partitions, point, sharing);
    this.#totals = totals;
    const { sink, setbacks, setAside } = this.parts;
    const hasAllStreams = this.#hasAllStreams;
    const options = { partition, hasAllStreams, setbacks, setAside };
    this.#progress = new SinkProgress(sink, totals, options);
    return totals;
  }

  #usable(totals: PartitionTotals, at: LogRecord): Usable {
    const decoded = this.parts.decoding.decode(at);
    if (!decoded.ok) return decoded;
    const { record } = decoded;
    if (record.type !== 'PartialBatch' && record.type !== 'Progress') {
      return {
        ok: false,
        reason: 'unexpected_record',
        detail: `a ${record.type} on ${topics.partials}`,
      };
    }
    const { inputPartition } = record.value;
    if (totals.hasInputPartition(inputPartition)) return { ok: true, record };
    const detail = `input partition ${inputPartition} is not of this cluster`;
    return { ok: false, reason: 'unknown_partition', detail };
  }

  #apply(totals: PartitionTotals, at: LogRecord, record: TotalsRecord): void {
    if (record.type === 'Progress') totals.applyProgress(at.offset, record.value);
    else totals.applyPartials(at.offset, at.logAppendTimeMs, record.value);
  }

  async #commit(totals: PartitionTotals, nowMs: number): Promise<void> {
    const { watch } = this.parts;
    const { name } = this.#ownership;
    this.#committing = true;
    this.#lastCommitAtMs = nowMs;
    watch.waits(name, 'committing', 'Kafka does not take its commit');
    try {
      await this.#ownership.commit(totals.commitPoint());
      watch.wentWell(name, 'committing');
    } catch (error) {
      watch.waits(name, 'committing', `a commit fails: ${messageOf(error)}`);
      this.parts.rateLimited.log('commit of partials', (heldBack) =>
        this.parts.logger.warn(
          { partition: this.partition.partition, error: messageOf(error), heldBack },
          'a commit failed; tried again',
        ),
      );
    } finally {
      this.#committing = false;
    }
  }
}
