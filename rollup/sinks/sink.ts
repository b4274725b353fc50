import type { SinkName } from '../../schemas/index.js';
import type { StreamTotal } from '../totals/minute-totals.js';

/** Totals of one minute for a sink. Absolute: what is written again replaces what was written. */
export interface MinuteWrite {
  readonly minute: number;
  /** Of one offset of `rollup-partials`: higher replaces lower where the sink has versions. */
  readonly version: number;
  readonly totals: readonly StreamTotal[];
  /**
   * The previous minute's totals of the same streams, and of those that are gone, where they are
   * retained.
   */
  readonly previous: ReadonlyMap<string, StreamTotal>;
  /**
   * The partition that has closed the minute; absent: it hasn't, something of it was set aside, or
   * the sink isn't told.
   */
  readonly closedBy?: number;
}

/** A write that was handed over. */
export interface WriteReceipt {
  /** True: the sink has it for good. Asked again and again until then; answers at once. */
  isTaken(): boolean;
}

/** How long a stop waits for what a sink still has. */
export const sinkDeadlineMs = 5_000;

/**
 * Where totals go. Both sinks are built alike: encode (pure), a connection, and this interface,
 * whose contract test runs over both.
 */
export interface Sink {
  readonly name: SinkName;
  /**
   * Grows whenever what was written before may be lost: all that is retained is then written again.
   */
  readonly epoch: number;
  /**
   * True: the sink keeps the highest version, so anybody may write at any time. Otherwise its last
   * write stays: only a live member of the group may write, and each minute gets a last write by an
   * owner of `takeover_seconds`.
   */
  readonly isVersioned: boolean;
  /**
   * Hands a write over; undefined when the sink is away or has more waiting than its bound. Called
   * at each tick with what is due; doesn't wait, what was handed over goes out afterwards.
   */
  write(write: MinuteWrite): WriteReceipt | undefined;
  /**
   * Why it can't write now; undefined when it can. Called by each look at the health; answers at
   * once.
   */
  problem(): string | undefined;
  /**
   * Ends it. Called once, when nobody writes any more; waits until what was handed over is out, for
   * `deadlineMs` at most.
   */
  close(deadlineMs: number): Promise<void>;
}
