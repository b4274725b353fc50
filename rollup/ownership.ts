import type { LogRecord, OwnedPartition, StartPosition } from '../kafka/index.js';
import { messageOf } from '../service/errors.js';
import {
  encodeCommitMetadata,
  exactFromOldest,
  readerStart,
  type CommitMetadata,
  type CommitPoint,
  type ReaderStart,
} from './commit-point.js';
import { DeadLetters } from './dead-letters.js';
import { waitingPollMs } from './final-bounds.js';
import type { LogEnd } from './log-watch.js';
import type { StageParts } from './stage-parts.js';

/** What a reader does with a record. */
export interface RecordSteps {
  readonly apply: (record: LogRecord) => Promise<void> | undefined;
  /** Nothing of the record counts, but its offset is passed. */
  readonly skip: (record: LogRecord) => void;
}

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
  #committed: CommitMetadata | undefined;

  /** `name`: the partition's, as operators read it. */
  constructor(
    readonly name: string,
    private readonly owned: OwnedPartition,
    start: StartPosition,
    private readonly parts: StageParts,
  ) {
    const { topic, partition, generation } = owned;
    this.endOffset = start.endOffset;
    this.#start = readerStart(start);
    const metadata = this.#start.kind === 'exact' ? this.#start.metadata : undefined;
    this.deadLetters = new DeadLetters(
      topic,
      metadata?.deadLettersBefore ?? 0,
      this.isOwned,
      parts,
    );
    parts.setbacks.inherit(name, metadata?.setAside ?? []);
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

  /** Records that aren't read yet, by the log's end as it is now, as far as `logEnd` knows it. */
  recordsBehind(nextOffset: number, logEnd: LogEnd): number {
    const { topic, partition } = this.owned;
    const endOffset = Math.max(this.endOffset, logEnd(topic, partition) ?? 0);
    return Math.max(0, endOffset - nextOffset);
  }

  /** While the log, as far as `logEnd` knows it, goes on behind what was read, it has to move. */
  watchFetching(nextOffset: number, logEnd: LogEnd): void {
    const { watch } = this.parts;
    const behind = this.recordsBehind(nextOffset, logEnd);
    const reason = `${behind} records from offset ${nextOffset} on are not read`;
    if (behind === 0) watch.wentWell(this.name, 'fetching');
    else watch.waits(this.name, 'fetching', reason, nextOffset);
  }

  /**
   * Applies records in their order. Where one can't be applied it rejects, and the reading begins
   * again from its commit; after some attempts the record goes to the dead letters and is skipped.
   */
  async applyEach(records: readonly LogRecord[], { apply, skip }: RecordSteps): Promise<void> {
    const { setbacks, watch } = this.parts;
    watch.waits(this.name, 'reading', 'what was fetched is not applied');
    for (const record of records) {
      const { offset } = record;
      const refusal = setbacks.refusal(this.name, offset);
      if (refusal === undefined) {
        try {
          const applying = apply(record);
          if (applying !== undefined) await applying;
          setbacks.passed(this.name, offset);
        } catch (error) {
          setbacks.add(this.name, offset, error);
          const reason = `the record at offset ${offset} cannot be applied: ${messageOf(error)}`;
          watch.waits(this.name, 'reading', reason, offset);
          throw error;
        }
      } else {
        // First the dead letter, then the offset: a commit must not pass what could still be lost.
        await this.deadLetters.refuse(record, refusal);
        skip(record);
      }
    }
    const last = records.at(-1);
    if (last === undefined) return;
    watch.wentWell(this.name, 'reading', last.offset);
    watch.wentWell(this.name, 'fetching', last.offset);
  }

  /**
   * Resolves when no more final minutes wait than may, or the partition is another's. `reason`:
   * what they wait for. `nextOffset`: a reader that begins again has as few waiting until it has
   * got so far again, which is no progress.
   */
  async untilFewWait(
    finalWaiting: () => number,
    waitingMax: number,
    reason: string,
    nextOffset: number,
  ): Promise<void> {
    const { watch, sleep } = this.parts;
    while (this.isOwned() && finalWaiting() > waitingMax) {
      watch.waits(this.name, 'room', reason, nextOffset);
      await sleep(waitingPollMs);
    }
    if (this.isOwned()) watch.wentWell(this.name, 'room', nextOffset);
  }

  /**
   * Commits the point where it isn't what was committed last. Rejects when Kafka didn't take it.
   */
  async commit(point: CommitPoint): Promise<void> {
    const { offset, exactFrom } = point;
    const setAside = this.parts.setbacks.setAside(this.name, offset);
    const metadata = { offset, exactFrom, deadLettersBefore: this.deadLetters.before, setAside };
    if (isSame(metadata, this.#committed)) return;
    if (await this.owned.commit(offset, encodeCommitMetadata(metadata))) this.#committed = metadata;
  }
}

function isSame(one: CommitMetadata, other: CommitMetadata | undefined): boolean {
  return (
    one.offset === other?.offset &&
    one.exactFrom === other.exactFrom &&
    one.deadLettersBefore === other.deadLettersBefore &&
    one.setAside.length === other.setAside.length
  );
}
