import type { AnnounceFields } from '../../protocol/index.js';

/** What this viewer tells now and then, or never; all else it tells in every announce. */
type ToldAtTimes =
  | ('quality' | 'startupMs' | 'encodedBitrateKbps' | 'playbackRatePercent' | 'failure')
  | ('errorsNetwork' | 'errorsMedia' | 'errorsDrm' | 'errorsPlayer' | 'qualitySwitches')
  | ('startingMs' | 'seekingMs' | 'pausedMs' | 'waitingMs' | 'cdnReason')
  | ('seederBytes' | 'connectionsTried' | 'connectionsMade');

/** An announce as it goes over the socket (viblast.v1), stamped once and never changed. */
export type ViewerAnnounce = Readonly<
  Required<Omit<AnnounceFields, ToldAtTimes>> & Pick<AnnounceFields, ToldAtTimes>
>;

interface Pending {
  readonly announce: ViewerAnnounce;
  isSent: boolean;
}

/** Announces that wait for their answer: 4 hours' worth at one in 30 s, then no more are made. */
export const pendingMax = 512;

/** Numbers a session's announces and keeps each until it is acknowledged or refused. */
export class AnnounceQueue {
  #nextNumber = 0;
  #sentSize = 0;
  readonly #pending = new Map<number, Pending>();

  /** True: the viewer lets its deltas grow instead of making another announce. */
  get isFull(): boolean {
    return this.#pending.size >= pendingMax;
  }

  get size(): number {
    return this.#pending.size;
  }

  /** How many went over a socket and still have no answer. */
  get sentSize(): number {
    return this.#sentSize;
  }

  add(fields: Omit<ViewerAnnounce, 'number'>): ViewerAnnounce {
    const announce = { ...fields, number: this.#nextNumber };
    this.#nextNumber += 1;
    this.#pending.set(announce.number, { announce, isSent: false });
    return announce;
  }

  /** All that wait, oldest first, with whether each was sent before; marks them as sent. */
  takeToSend(
    isWanted: (number: number) => boolean = () => true,
  ): readonly { readonly announce: ViewerAnnounce; readonly isResend: boolean }[] {
    const wanted = [...this.#pending.values()].filter(({ announce }) => isWanted(announce.number));
    return wanted.map((pending) => {
      const isResend = pending.isSent;
      if (!isResend) this.#sentSize += 1;
      pending.isSent = true;
      return { announce: pending.announce, isResend };
    });
  }

  /** Answered for good. Returns those that were still waiting. */
  settle(numbers: readonly number[]): readonly number[] {
    return numbers.filter((number) => {
      if (this.wasSent(number)) this.#sentSize -= 1;
      return this.#pending.delete(number);
    });
  }

  wasSent(number: number): boolean {
    return this.#pending.get(number)?.isSent ?? false;
  }
}
