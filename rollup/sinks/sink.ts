import type { StreamTotal } from '../totals/minute-totals.js';

/** Totals of one minute for a sink. Absolute: what is written again replaces what was written. */
export interface MinuteWrite {
  readonly minute: number;
  /** Of one offset of `rollup-partials`: higher replaces lower where the sink has versions. */
  readonly version: number;
  readonly totals: readonly StreamTotal[];
  /** The previous minute's totals of the same streams, and of those that are gone, where they are retained. */
  readonly previous: ReadonlyMap<string, StreamTotal>;
}

/** A write that was handed over. */
export interface WriteReceipt {
  /** Whether the sink has it for good. */
  isTaken(): boolean;
}

/** How long a stop waits for what a sink still has. */
export const sinkDeadlineMs = 5_000;

/**
 * Where totals go. Both sinks are built alike: encode (pure), a connection, and this interface, whose
 * contract test runs over both.
 */
export interface Sink {
  readonly name: string;
  /** Whether what was retained before has to be written again: grows with each such event. */
  readonly epoch: number;
  /** Whether only a live member of the group may write, and a last write has to come from an owner of `takeover_seconds`: the sink has no versions. */
  readonly isVersioned: boolean;
  /** Hands a write over; undefined when the sink is away or has more waiting than its bound. */
  write(write: MinuteWrite): WriteReceipt | undefined;
  /** Why it can't write now, for the health; undefined when it can. */
  problem(): string | undefined;
  /** Ends it after what was handed over is out, at most `deadlineMs`. */
  close(deadlineMs: number): Promise<void>;
}
