/** What a pause depends on. */
export interface TurnPauseOptions {
  /** True: so many sockets are open that what comes next comes soon. */
  readonly isCrowded: () => boolean;
  readonly pauseMs: number;
  /** Holds this thread up for so long. */
  readonly hold?: (durationMs: number) => void;
  /** Monotonic, in milliseconds. */
  readonly now?: () => number;
}

/** Turns that follow each other less closely aren't worth gathering. */
const closelyMsMax = 10;
/** Sockets that were written to in a turn from which on it had enough to do. */
const enoughMin = 16;

const cell = new Int32Array(new SharedArrayBuffer(4));

function holdThread(durationMs: number): void {
  Atomics.wait(cell, 0, 0, durationMs);
}

/**
 * Holds the thread up for a moment after a turn of the event loop that had little to do, when one
 * turn follows another: what comes meanwhile is done in one turn. With thousands of sockets each
 * message comes alone otherwise, and waking up for it, with nothing of the code and of the data at
 * hand any more, costs more than the message.
 */
export class TurnPause {
  #endedAtMs = -Infinity;
  #heldMs = 0;

  constructor(private readonly options: TurnPauseOptions) {}

  /** For how long it has held the thread up in all: the event loop takes that for work. */
  get heldMs(): number {
    return this.#heldMs;
  }

  /** To be called at the end of a turn that wrote to so many sockets. */
  afterTurn(sockets: number): void {
    const { isCrowded, pauseMs, hold = holdThread, now = () => performance.now() } = this.options;
    const nowMs = now();
    const isClose = nowMs - this.#endedAtMs < closelyMsMax;
    this.#endedAtMs = nowMs;
    if (!isClose || sockets >= enoughMin || !isCrowded()) return;
    hold(pauseMs);
    this.#endedAtMs = now();
    this.#heldMs += this.#endedAtMs - nowMs;
  }
}
