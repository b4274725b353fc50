import type {
  LogProducer,
  LogRecord,
  OwnedPartition,
  PartitionReader,
  StartPosition,
} from '../../kafka/index.js';
import type { ClusterSettings } from '../../registry/index.js';
import { codec, minuteEndMs, topics, type AnyRecord } from '../../schemas/index.js';
import { messageOf } from '../../service/errors.js';
import type { Logger, RateLimitedLog } from '../../service/logs.js';
import {
  encodeCommitMetadata,
  exactFromOldest,
  readerStart,
  type ReaderStart,
} from '../commit-point.js';
import { DeadLetters, type Refusal } from '../dead-letters.js';
import type { RollupMetrics } from '../metrics.js';
import type { Sink } from '../sinks/sink.js';
import { finalWaitingMax } from './final-bound.js';
import { PartitionTotals } from './partition-totals.js';
import { SinkProgress, type Permission } from './sink-progress.js';

type TotalsRecord = Extract<AnyRecord, { readonly type: 'PartialBatch' | 'Progress' }>;

type Usable =
  { readonly ok: true; readonly record: TotalsRecord } | ({ readonly ok: false } & Refusal);

/** What the readers of all partitions of one process share. */
export interface TotalsParts {
  readonly cluster: ClusterSettings;
  readonly sinks: readonly Sink[];
  readonly producer: LogProducer;
  readonly node: string;
  readonly now: () => number;
  readonly sleep: (durationMs: number) => Promise<void>;
  readonly lastHeartbeatAtMs: () => number;
  readonly sessionTimeoutMs: number;
  readonly logger: Logger;
  readonly rateLimited: RateLimitedLog;
  readonly metrics: RollupMetrics;
}

const pausedPollMs = 200;
const commitIntervalMs = 1_000;

/** Stage 2 of one owned partition: reads partials, writes totals to the sinks, commits. */
export class TotalsReader implements PartitionReader {
  #totals: PartitionTotals | undefined;
  #progress: readonly SinkProgress[] = [];
  readonly #start: ReaderStart;
  readonly #endOffset: number;
  readonly #ownedSinceMs: number;
  readonly #deadLetters: DeadLetters;
  readonly #finalWaitingMax: number;
  #isClosed = false;
  #committing = false;
  #committed = '';
  #lastCommitAtMs = -Infinity;

  constructor(
    private readonly partition: OwnedPartition,
    start: StartPosition,
    private readonly parts: TotalsParts,
  ) {
    this.#start = readerStart(start);
    this.#endOffset = start.endOffset;
    this.#ownedSinceMs = parts.now();
    this.#finalWaitingMax = finalWaitingMax(parts.cluster);
    if (this.#start.kind === 'exact') this.#begin(this.#start.metadata);
    const before = this.#start.kind === 'exact' ? this.#start.metadata.deadLettersBefore : 0;
    this.#deadLetters = new DeadLetters(topics.partials, before, () => this.#isOwned(), parts);
    parts.logger.info(
      {
        topic: partition.topic,
        partition: partition.partition,
        start,
        generation: partition.generation,
      },
      'owns a partition',
    );
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  get openMinutes(): number {
    return this.#totals?.minutes().length ?? 0;
  }

  get lagRecords(): number {
    return this.#totals === undefined ? 0 : Math.max(0, this.#endOffset - this.#totals.nextOffset);
  }

  async read(records: readonly LogRecord[]): Promise<void> {
    for (const record of records) {
      const totals = this.#totals ?? this.#beginShortened(record);
      const usable = this.#usable(totals, record);
      if (usable.ok) this.#apply(totals, record, usable.record);
      else {
        // First the dead letter, then the offset: a commit must not pass what could still be lost.
        await this.#deadLetters.refuse(record, usable);
        totals.skip(record.offset);
      }
    }
    this.parts.metrics.records.inc({ topic: topics.partials }, records.length);
    this.tick();
    while (this.#isOwned() && (this.#totals?.finalWaiting() ?? 0) > this.#finalWaitingMax) {
      await this.parts.sleep(pausedPollMs);
    }
  }

  /** Does what is due: called after records and several times a second. */
  tick(): void {
    const totals = this.#totals;
    if (totals === undefined || !this.#isOwned()) return;
    const permission = this.#permission(totals);
    for (const progress of this.#progress) {
      const { name } = progress.sink;
      for (const { minute, streams, isFirst } of progress.advance(permission)) {
        this.parts.metrics.sinkWrites.inc({ sink: name }, streams);
        if (isFirst) {
          const endMs = minuteEndMs(minute, this.parts.cluster.intervalMs);
          const delaySeconds = (permission.nowMs - endMs) / 1_000;
          this.parts.metrics.firstWriteDelaySeconds.observe({ sink: name }, delaySeconds);
        } else {
          this.parts.metrics.corrections.inc(streams);
        }
      }
    }
    if (this.#committing || permission.nowMs - this.#lastCommitAtMs < commitIntervalMs) return;
    totals.dropTaken((minute) => this.#progress.every((progress) => progress.isTaken(minute)));
    for (const progress of this.#progress) progress.forgetBefore(totals.exactFrom);
    void this.#commit(totals, permission.nowMs);
  }

  close(): void {
    this.#isClosed = true;
  }

  #isOwned(): boolean {
    return !this.#isClosed && this.partition.isOwned();
  }

  #permission(totals: PartitionTotals): Permission {
    const { now, lastHeartbeatAtMs, sessionTimeoutMs, cluster } = this.parts;
    const nowMs = now();
    return {
      nowMs,
      isCaughtUp: totals.nextOffset >= this.#endOffset,
      isAlive: nowMs - lastHeartbeatAtMs() < sessionTimeoutMs,
      isSettled: nowMs - this.#ownedSinceMs >= cluster.takeoverMs,
    };
  }

  #begin(point: { readonly offset: number; readonly exactFrom: number }): PartitionTotals {
    const totals = new PartitionTotals(this.parts.cluster.partitions, point);
    this.#totals = totals;
    this.#progress = this.parts.sinks.map((sink) => new SinkProgress(sink, totals));
    return totals;
  }

  #beginShortened(first: LogRecord): PartitionTotals {
    const exactFrom = exactFromOldest(first.logAppendTimeMs, this.parts.cluster);
    this.parts.logger.warn(
      { topic: topics.partials, partition: first.partition, offset: first.offset, exactFrom },
      "no commit and the log's beginning is gone: minutes before exactFrom are not computed",
    );
    return this.#begin({ offset: first.offset, exactFrom });
  }

  #usable(totals: PartitionTotals, { value }: LogRecord): Usable {
    const decoded = codec().decode(value);
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
    this.#committing = true;
    this.#lastCommitAtMs = nowMs;
    try {
      const point = totals.commitPoint();
      const text = encodeCommitMetadata({ ...point, deadLettersBefore: this.#deadLetters.before });
      if (text !== this.#committed && (await this.partition.commit(point.offset, text))) {
        this.#committed = text;
      }
    } catch (error) {
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
