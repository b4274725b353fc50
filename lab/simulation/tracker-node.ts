import { partitionOf, type LogProducer } from '../../kafka/index.js';
import { codec, topics, type Announce } from '../../schemas/index.js';
import {
  AnnounceBatcher,
  type AnsweredAnnounce,
} from '../../tracker/announces/announce-batcher.js';
import { timeRefusal } from '../../tracker/announces/time-rules.js';
import type { ClusterSettings } from '../../registry/index.js';
import { AppError } from '../../service/errors.js';
import type { SimulatedProcess } from './simulated-process.js';

/** Where a tracker's answers about one viewer's announces go. */
export interface ViewerLink {
  readonly answer: (announce: Announce, answer: 'acknowledged' | 'refused' | 'retry') => void;
}

interface Origin {
  readonly link: ViewerLink;
  readonly announce: Announce;
}

export interface TrackerNodeOptions {
  readonly process: SimulatedProcess;
  readonly cluster: ClusterSettings;
  readonly producer: LogProducer;
  readonly onAcknowledged: (announce: Announce) => void;
  readonly onLate: () => void;
  readonly onWritten: () => void;
}

/** As in production, with bounds that an outage of Kafka reaches. */
const batcherOptions = {
  batchAnnouncesMax: 128,
  batchWaitMs: 100,
  requestsInFlightMax: 4,
  retryDelayMs: 200,
  retryDelayMsMax: 2_000,
  partitionQueueBytesMax: 16 * 1024,
  queueBytesMax: 32 * 1024,
};

type Batcher = AnnounceBatcher<Origin>;
type Request = ReturnType<Batcher['takeDue']>['requests'][number];

/**
 * A tracker: the production rules of admission by time, batching and acknowledging, on a simulated
 * clock.
 */
export class TrackerNode {
  readonly #batcher: Batcher;
  #timerDueMs = Infinity;

  constructor(private readonly options: TrackerNodeOptions) {
    const { process, cluster } = options;
    this.#batcher = new AnnounceBatcher({
      ...batcherOptions,
      times: cluster,
      partitions: cluster.partitions,
      tracker: process.name,
    });
  }

  get process(): SimulatedProcess {
    return this.options.process;
  }

  receive(link: ViewerLink, announces: readonly Announce[]): void {
    const { cluster } = this.options;
    const nowMs = this.process.now();
    for (const announce of announces) {
      if (timeRefusal(announce.time, nowMs, cluster) !== undefined) {
        this.options.onLate();
        link.answer(announce, 'refused');
        continue;
      }
      const partition = partitionOf(announce.stream, announce.session, cluster.partitions);
      const refusal = this.#batcher.add(partition, { link, announce }, announce, nowMs);
      if (refusal !== undefined) link.answer(announce, 'retry');
    }
    this.#schedule();
  }

  #schedule(): void {
    const dueMs = this.#batcher.nextDueMs();
    if (dueMs === undefined || this.#timerDueMs <= dueMs) return;
    this.#timerDueMs = dueMs;
    this.process.after(Math.max(0, dueMs - this.process.now()), () => {
      if (this.#timerDueMs !== dueMs) return;
      this.#timerDueMs = Infinity;
      this.#send();
    });
  }

  #send(): void {
    const { requests, answers } = this.#batcher.takeDue(this.process.now());
    this.#tell(answers);
    for (const request of requests) void this.#append(request);
    this.#schedule();
  }

  async #append(request: Request): Promise<void> {
    this.options.onWritten();
    const value = codec().encode('AnnounceBatch', request.value);
    const outcome = await this.options.producer
      .append(topics.announces, request.partition, [{ value }])
      .then(
        ({ logAppendTimeMs }) => ({ kind: 'appended' as const, logAppendTimeMs }),
        (error: unknown) => ({
          kind:
            error instanceof AppError && !error.retryable
              ? ('rejected' as const)
              : ('unanswered' as const),
        }),
      );
    this.#tell(this.#batcher.answer(request, outcome, this.process.now()));
    this.#schedule();
  }

  #tell(answers: readonly AnsweredAnnounce<Origin>[]): void {
    for (const { origin, answer } of answers) {
      if (answer === 'acknowledged') this.options.onAcknowledged(origin.announce);
      if (answer === 'late') this.options.onLate();
      origin.link.answer(origin.announce, answer === 'late' ? 'refused' : answer);
    }
  }
}
