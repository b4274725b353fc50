import type { ErrorCode } from '../../protocol/index.js';

/**
 * What a viewers process tells about itself, a few times a second. Counts since its start, but for
 * the first three.
 */
export interface ViewersStatus {
  readonly viewers: number;
  readonly connected: number;
  /** Sent and not answered yet, of the viewers that are there. */
  readonly waiting: number;
  readonly sent: number;
  readonly resent: number;
  readonly acknowledged: number;
  readonly refused: number;
  readonly reconnects: number;
  readonly signalsSent: number;
  readonly signalsReceived: number;
  readonly errors: Readonly<Record<string, number>>;
  /** The first of them that tell more. */
  readonly firstDetails: readonly string[];
}

/** What the tracker tells, and what goes wrong without a word of it. */
export type CountedError = ErrorCode | 'connection' | 'unreadable_message' | 'gave_up';

/** Codes come from the tracker; a broken one must not fill the memory. */
const errorCodesMax = 100;
const detailsMax = 10;

/** Counters that the viewers of a process share. */
export class Statistics {
  sent = 0;
  resent = 0;
  acknowledged = 0;
  refused = 0;
  reconnects = 0;
  signalsSent = 0;
  signalsReceived = 0;
  readonly #errors = new Map<string, number>();
  readonly #firstDetails: string[] = [];

  error(code: CountedError, detail?: string): void {
    if (detail !== undefined && this.#firstDetails.length < detailsMax) {
      this.#firstDetails.push(`${code}, ${detail}`);
    }
    if (this.#errors.size >= errorCodesMax && !this.#errors.has(code)) return;
    this.#errors.set(code, (this.#errors.get(code) ?? 0) + 1);
  }

  status(viewers: number, connected: number, waiting: number): ViewersStatus {
    const { sent, resent, acknowledged, refused, reconnects, signalsSent, signalsReceived } = this;
    return {
      viewers,
      connected,
      waiting,
      sent,
      resent,
      acknowledged,
      refused,
      reconnects,
      signalsSent,
      signalsReceived,
      errors: Object.fromEntries(this.#errors),
      firstDetails: this.#firstDetails,
    };
  }
}
