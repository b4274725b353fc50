import type { Announce } from '../../schemas/index.js';
import {
  PartitionQueue,
  type AnsweredAnnounce,
  type AppendOutcome,
  type PartitionQueueOptions,
  type Request,
} from './partition-queue.js';

export interface AnnounceBatcherOptions extends PartitionQueueOptions {
  readonly partitions: number;
  /** Memory for announces without an answer, of one partition and of all. */
  readonly partitionQueueBytesMax: number;
  readonly queueBytesMax: number;
}

/** Why an announce was not taken: try again later. */
export type QueueRefusal = 'overloaded' | 'kafka_unavailable';

/** Memory of a waiting announce: its 23 fields, its share of the batch and the queue's entry. */
const announceOverheadBytes = 512;

/** What an announce counts in the queue's bytes. */
export function queuedBytes(announce: Announce): number {
  return announceOverheadBytes + 2 * (announce.stream.length + announce.quality.length);
}

interface Owned<Origin> {
  readonly origin: Origin;
  readonly bytes: number;
}

/** The queues of all partitions within one bound of memory. Pure, as PartitionQueue is. */
export class AnnounceBatcher<Origin> {
  readonly #queues: PartitionQueue<Owned<Origin>>[];
  readonly #bytes: number[];
  #bytesOverAll = 0;

  constructor(private readonly options: AnnounceBatcherOptions) {
    this.#queues = Array.from(
      { length: options.partitions },
      (_, partition) => new PartitionQueue<Owned<Origin>>(partition, options),
    );
    this.#bytes = this.#queues.map(() => 0);
  }

  /** Announces without an answer, in bytes. */
  get queueBytes(): number {
    return this.#bytesOverAll;
  }

  get isEmpty(): boolean {
    return this.#bytesOverAll === 0;
  }

  /** Undefined when taken: exactly one answer for it will come out of `takeDue` or `answer`. */
  add(
    partition: number,
    origin: Origin,
    announce: Announce,
    nowMs: number,
  ): QueueRefusal | undefined {
    const queue = this.#queue(partition);
    const bytes = queuedBytes(announce);
    const partitionBytes = (this.#bytes[partition] ?? 0) + bytes;
    if (
      partitionBytes > this.options.partitionQueueBytesMax ||
      this.#bytesOverAll + bytes > this.options.queueBytesMax
    ) {
      return queue.isFailing ? 'kafka_unavailable' : 'overloaded';
    }
    queue.add({ origin: { origin, bytes }, announce }, nowMs);
    this.#bytes[partition] = partitionBytes;
    this.#bytesOverAll += bytes;
    return undefined;
  }

  flush(): void {
    for (const queue of this.#queues) queue.flush();
  }

  /** When something is to be done for this partition. */
  nextDueMsOf(partition: number): number | undefined {
    return this.#queue(partition).nextDueMs();
  }

  nextDueMs(): number | undefined {
    let earliestMs: number | undefined;
    for (const queue of this.#queues) {
      const dueMs = queue.nextDueMs();
      if (dueMs !== undefined && (earliestMs === undefined || dueMs < earliestMs)) {
        earliestMs = dueMs;
      }
    }
    return earliestMs;
  }

  takeDue(nowMs: number): {
    requests: Request<Owned<Origin>>[];
    answers: AnsweredAnnounce<Origin>[];
  } {
    const requests: Request<Owned<Origin>>[] = [];
    const answers: AnsweredAnnounce<Origin>[] = [];
    for (const [partition, queue] of this.#queues.entries()) {
      const due = queue.takeDue(nowMs);
      requests.push(...due.requests);
      answers.push(...this.#release(partition, due.answers));
    }
    return { requests, answers };
  }

  answer(
    request: Request<Owned<Origin>>,
    outcome: AppendOutcome,
    nowMs: number,
  ): AnsweredAnnounce<Origin>[] {
    const answers = this.#queue(request.partition).answer(request, outcome, nowMs);
    return this.#release(request.partition, answers);
  }

  #queue(partition: number): PartitionQueue<Owned<Origin>> {
    const queue = this.#queues[partition];
    if (queue === undefined) throw new Error(`no partition ${partition}`);
    return queue;
  }

  #release(
    partition: number,
    answers: readonly AnsweredAnnounce<Owned<Origin>>[],
  ): AnsweredAnnounce<Origin>[] {
    return answers.map(({ origin, number, answer }) => {
      this.#bytes[partition] = (this.#bytes[partition] ?? 0) - origin.bytes;
      this.#bytesOverAll -= origin.bytes;
      return { origin: origin.origin, number, answer };
    });
  }
}

export type { AnsweredAnnounce, AppendOutcome, Request };
