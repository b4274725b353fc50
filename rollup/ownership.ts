import type { LogRecord, OwnedPartition, StartPosition } from '../kafka/index.js';
import {
  encodeCommitMetadata,
  exactFromOldest,
  readerStart,
  type CommitPoint,
  type ReaderStart,
} from './commit-point.js';
import { DeadLetters } from './dead-letters.js';
import { waitingPollMs } from './final-bounds.js';
import type { StageParts } from './stage-parts.js';

/**
 * The coordinator gives a member's partitions to others when it has heard nothing of it for this
 * long.
 */
export const sessionTimeoutMs = 10_000;

/**
 * An owned partition as the readers of both stages have it: from where, for how long, and what is
 * committed.
 */
export class Ownership {
  readonly deadLetters: DeadLetters;
  readonly endOffset: number;
  readonly #start: ReaderStart;
  #isClosed = false;
  #committed = '';

  constructor(
    private readonly owned: OwnedPartition,
    start: StartPosition,
    private readonly parts: StageParts,
  ) {
    const { topic, partition, generation } = owned;
    this.endOffset = start.endOffset;
    this.#start = readerStart(start);
    const before = this.#start.kind === 'exact' ? this.#start.metadata.deadLettersBefore : 0;
    this.deadLetters = new DeadLetters(topic, before, this.isOwned, parts);
    parts.logger.info({ topic, partition, start, generation }, 'owns a partition');
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** True: the partition is ours still, and what is done for it is wanted. */
  readonly isOwned = (): boolean => !this.#isClosed && this.owned.isOwned();

  close(): void {
    this.#isClosed = true;
  }

  /** The first offset that is read. */
  get startOffset(): number {
    return this.#start.kind === 'exact' ? this.#start.metadata.offset : this.#start.offset;
  }

  /**
   * Where the reader begins; undefined when that follows from its first record (`pointOfOldest`).
   */
  get startPoint(): CommitPoint | undefined {
    return this.#start.kind === 'exact' ? this.#start.metadata : undefined;
  }

  /**
   * Where a reader begins without a commit, the log's beginning being gone: at the first record
   * that is left.
   */
  pointOfOldest({ offset, logAppendTimeMs }: LogRecord): CommitPoint {
    const exactFrom = exactFromOldest(logAppendTimeMs, this.parts.cluster);
    const { topic, partition } = this.owned;
    this.parts.logger.warn(
      { topic, partition, offset, exactFrom },
      "no commit and the log's beginning is gone: minutes before exactFrom are not computed",
    );
    return { offset, exactFrom };
  }

  /** Records that stood in the log when it was assigned and aren't read yet. */
  lagRecords(nextOffset: number): number {
    return Math.max(0, this.endOffset - nextOffset);
  }

  /** Resolves when no more final minutes wait than may, or the partition is another's. */
  async untilFewWait(finalWaiting: () => number, waitingMax: number): Promise<void> {
    while (this.isOwned() && finalWaiting() > waitingMax) await this.parts.sleep(waitingPollMs);
  }

  /**
   * Commits the point where it isn't what was committed last. Rejects when Kafka didn't take it.
   */
  async commit(point: CommitPoint): Promise<void> {
    const text = encodeCommitMetadata({ ...point, deadLettersBefore: this.deadLetters.before });
    if (text === this.#committed) return;
    if (await this.owned.commit(point.offset, text)) this.#committed = text;
  }
}
