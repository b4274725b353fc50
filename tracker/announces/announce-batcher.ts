import type { ToldAnnounce } from '../../schemas/index.js';
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

/** What an announce adds to the queue's bytes at most. */
export const announceBytesMax = 768;

/** The queues of all partitions within one bound of memory. Pure, as PartitionQueue is. */
export class AnnounceBatcher<Origin> {
  readonly #queues: PartitionQueue<Origin>[];
  #bytes = 0;

  constructor(private readonly options: AnnounceBatcherOptions) {
    this.#queues = Array.from(
      { length: options.partitions },
      (_, partition) => new PartitionQueue<Origin>(partition, options),
    );
  }

  /** Memory of announces without an answer. */
  get queueBytes(): number {
    return this.#bytes;
  }

  get isEmpty(): boolean {
    return this.#bytes === 0;
  }

  /** Undefined when taken: exactly one answer for it will come out of `takeDue` or `answer`. */
  add(
    partition: number,
    origin: Origin,
    announce: ToldAnnounce,
    nowMs: number,
  ): QueueRefusal | 'unwritable' | undefined {
    const queue = this.#queue(partition);
    const { bytes } = queue;
    if (
      bytes + announceBytesMax > this.options.partitionQueueBytesMax ||
      this.#bytes + announceBytesMax > this.options.queueBytesMax
    ) {
      return queue.isFailing ? 'kafka_unavailable' : 'overloaded';
    }
    if (!queue.add(origin, announce, nowMs)) return 'unwritable';
    this.#bytes += queue.bytes - bytes;
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
    requests: Request<Origin>[];
    answers: AnsweredAnnounce<Origin>[];
  } {
    const requests: Request<Origin>[] = [];
    const answers: AnsweredAnnounce<Origin>[] = [];
    for (const queue of this.#queues) {
      const { bytes } = queue;
      const due = queue.takeDue(nowMs);
      this.#bytes += queue.bytes - bytes;
      requests.push(...due.requests);
      answers.push(...due.answers);
    }
    return { requests, answers };
  }

  answer(
    request: Request<Origin>,
    outcome: AppendOutcome,
    nowMs: number,
  ): AnsweredAnnounce<Origin>[] {
    const queue = this.#queue(request.partition);
    const { bytes } = queue;
    const answers = queue.answer(request, outcome, nowMs);
    this.#bytes += queue.bytes - bytes;
    return answers;
  }

  #queue(partition: number): PartitionQueue<Origin> {
    const queue = this.#queues[partition];
    if (queue === undefined) throw new Error(`no partition ${partition}`);
    return queue;
  }
}

export type { AnsweredAnnounce, AppendOutcome, Request };
