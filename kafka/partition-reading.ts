import { decideBatch, type BatchDecision } from './expected-offset.js';
import type { LogRecord, OwnedPartition, PartitionReader, StartPosition } from './types.js';

/** What a reading may do to the consumer that feeds it. */
export interface FetchControl {
  pause(partition: number): void;
  resume(partition: number): void;
  seek(partition: number, offset: number): void;
  commit(partition: number, offset: number, metadata: string): Promise<boolean>;
}

/**
 * Of one partition, bytes: what waits for its reader before fetching pauses, and what one fetch
 * brings at most where nothing else is said.
 */
export const partitionBytesMax = 1_048_576;

interface HeldBatch {
  readonly records: readonly LogRecord[];
  readonly release: (() => void) | undefined;
}

/**
 * One assignment of one partition: gate, expected offset, and the queue between the consumer, which
 * must not wait, and the reader, which may take long. Fetching stops while the queue holds more
 * than `heldBytesMax`, so it never holds more than that and one batch.
 */
export class PartitionReading implements OwnedPartition {
  #reader: PartitionReader | undefined;
  #expectedOffset = -1;
  #isEnded = false;
  #isPausedByReader = false;
  /** True: paused at the consumer, as a partition is when its reading is made. */
  #isFetchPaused = true;
  #isPumping = false;
  #heldBytes = 0;
  readonly #held: HeldBatch[] = [];

  constructor(
    readonly topic: string,
    readonly partition: number,
    readonly generation: number,
    private readonly control: FetchControl,
    private readonly heldBytesMax: number,
    private readonly onBroken: (reading: PartitionReading, error: unknown) => void,
  ) {}

  /** Opens the gate: sets the position, makes the reader, lets fetching begin. */
  open(
    start: StartPosition,
    open: (partition: OwnedPartition, start: StartPosition) => PartitionReader,
  ): void {
    if (this.#isEnded) return;
    this.#expectedOffset = start.offset;
    this.#reader = open(this, start);
    this.control.seek(this.partition, start.offset);
    this.#steerFetching();
  }

  /** True: positions are set. What arrives before is dropped without resolving its offsets. */
  isOpen(): boolean {
    return this.#reader !== undefined && !this.#isEnded;
  }

  get expectedOffset(): number {
    return this.#expectedOffset;
  }

  /**
   * Decides over a batch, and takes its records if they go on at the expected offset. `release`:
   * given to the reader with them.
   */
  offer(batch: readonly LogRecord[], release?: () => void): BatchDecision {
    const decision = decideBatch(this.#expectedOffset, batch);
    if (decision.kind === 'take') {
      this.#expectedOffset = decision.nextOffset;
      this.#held.push({ records: decision.records, release });
      this.#heldBytes += bytesOf(decision.records);
      this.#steerFetching();
      void this.#pump();
    }
    return decision;
  }

  isOwned(): boolean {
    return !this.#isEnded;
  }

  async commit(offset: number, metadata: string): Promise<boolean> {
    if (this.#isEnded) return false;
    return this.control.commit(this.partition, offset, metadata);
  }

  pause(): void {
    this.#isPausedByReader = true;
    this.#steerFetching();
  }

  resume(): void {
    this.#isPausedByReader = false;
    this.#steerFetching();
    void this.#pump();
  }

  end(): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    this.#held.length = 0;
    this.#reader?.close();
  }

  /**
   * Gives held batches to the reader, one after the other. A paused reader gets none: they're kept
   * for it.
   */
  async #pump(): Promise<void> {
    if (this.#isPumping) return;
    this.#isPumping = true;
    try {
      while (!this.#isEnded && !this.#isPausedByReader && this.#reader !== undefined) {
        const batch = this.#held.shift();
        if (batch === undefined) break;
        const { records, release } = batch;
        await this.#reader.read(records, release);
        this.#heldBytes -= bytesOf(records);
        this.#steerFetching();
      }
    } catch (error) {
      if (!this.#isEnded) this.onBroken(this, error);
    } finally {
      this.#isPumping = false;
    }
  }

  #steerFetching(): void {
    if (this.#isEnded || this.#reader === undefined) return;
    const shouldPause = this.#isPausedByReader || this.#heldBytes > this.heldBytesMax;
    if (shouldPause === this.#isFetchPaused) return;
    this.#isFetchPaused = shouldPause;
    if (shouldPause) this.control.pause(this.partition);
    else this.control.resume(this.partition);
  }
}

function bytesOf(records: readonly LogRecord[]): number {
  let bytes = 0;
  for (const { key, value } of records) bytes += (key?.length ?? 0) + (value?.length ?? 0);
  return bytes;
}
