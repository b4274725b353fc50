import { appendEachUntilTaken, type Retrying } from '../../kafka/index.js';
import { codec, topics, type Progress } from '../../schemas/index.js';
import type { StageParts } from '../stage-parts.js';
import { encodePartials, inRequests } from './partial-batches.js';
import type { PartialsPlan } from './partition-minutes.js';
import { hasPassed } from '../../service/has-passed.js';

/** Progress is told this often though it hasn't changed: stage 2 may have a new owner. */
const progressIntervalMs = 60_000;

/**
 * Sends what stage 1 has of one input partition to stage 2, again until Kafka has it
 * (docs/exactness.md#partials-then-progress).
 */
export class PartialsSender {
  readonly #retrying: Retrying;
  #toldProgress: Progress | undefined;
  #toldProgressAtMs = -Infinity;

  /** `isWanted`: false once the partition is another's. */
  constructor(
    private readonly inputPartition: number,
    isWanted: () => boolean,
    private readonly parts: StageParts,
  ) {
    const topic = topics.partials;
    this.#retrying = {
      isWanted,
      sleep: parts.sleep,
      onFailure: (reason) => {
        parts.metrics.appendFailures.inc({ topic });
        parts.rateLimited.log(`append ${topic}`, (heldBack) =>
          parts.logger.warn({ topic, reason, heldBack }, 'Kafka did not take a record yet'),
        );
      },
    };
  }

  /** Resolves when Kafka has all cells of the plan; false when it was no longer wanted first. */
  async sendCells(plan: PartialsPlan): Promise<boolean> {
    const { cluster, producer, metrics, setAside, recordsVersion } = this.parts;
    const { partialPartitions } = cluster;
    const encoding = { partialPartitions, recordsVersion: recordsVersion(), setAside };
    const records = encodePartials(this.inputPartition, plan, encoding);
    const sent = await Promise.all(
      inRequests(records).map((request) =>
        appendEachUntilTaken(producer, topics.partials, request, this.#retrying),
      ),
    );
    const isSent = sent.every((isTaken) => isTaken);
    if (isSent) metrics.partialBatches.inc(records.length);
    return isSent;
  }

  /**
   * As `sendCells`, with how far the plan's minutes are; only when that is news or was told long
   * ago.
   */
  async tellProgress(plan: PartialsPlan, nowMs: number): Promise<boolean> {
    const told = this.#toldProgress;
    const progress: Progress = {
      inputPartition: this.inputPartition,
      closedBefore: plan.closedBefore,
      finalBefore: plan.finalBefore,
    };
    const isNews =
      told?.closedBefore !== progress.closedBefore || told.finalBefore !== progress.finalBefore;
    if (!isNews && !hasPassed(progressIntervalMs, this.#toldProgressAtMs, nowMs)) return true;
    const { cluster, producer } = this.parts;
    const records = [{ value: codec().encode('Progress', progress) }];
    const appends = Array.from({ length: cluster.partialPartitions }, (_, partition) => ({
      partition,
      records,
    }));
    const isSent = await appendEachUntilTaken(producer, topics.partials, appends, this.#retrying);
    if (!isSent) return false;
    this.#toldProgress = progress;
    this.#toldProgressAtMs = nowMs;
    return true;
  }
}
