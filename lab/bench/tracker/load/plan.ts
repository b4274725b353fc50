/** What a load process is to do, and what it tells of it. */

export interface LoadPlan {
  readonly server: ServerName;
  readonly dialect: 'viblast' | 'webtorrent';
  readonly port: number;
  readonly sockets: number;
  /** The first of the loopback addresses that this process uses; each has 5 000 sockets. */
  readonly firstAddress: number;
  readonly streams: readonly string[];
  /** Between two announces of a socket; 0: the next one as soon as the answer is there. */
  readonly intervalMs: number;
  /** Of a WebTorrent announce, and clients of one info hash. */
  readonly offers: number;
  readonly swarmSize: number;
}

/** What is measured: this tracker, `ws` alone, and the npm package bittorrent-tracker. */
export type ServerName = 'tracker' | 'bare' | 'bittorrent';

/** A client of a load. */
export interface Announcing {
  announce(): void;
  end(): void;
}

export type LoadCommand =
  | { readonly do: 'connect'; readonly plan: LoadPlan }
  | { readonly do: 'announce' }
  /** Figures since this was asked last. */
  | { readonly do: 'tell' }
  | { readonly do: 'end' };

export interface LoadFigures {
  readonly sent: number;
  /** Announces that were answered at once: by `peers`, or by the first of two frames. */
  readonly answered: number;
  /**
   * Announces that are in the log; of a bare server second frames; of WebTorrent answers that came
   * back to who had made the offer.
   */
  readonly acknowledged: number;
  /** What was refused, put off or lost, the first few: with any the run doesn't count. */
  readonly failed: readonly string[];
  /** Mean payload of both kinds of answers. */
  readonly answerBytes: number;
  readonly acknowledgedBytes: number;
  /** From an announce to its answer: the slowest of 50, 99 and 99.9 percent. */
  readonly answerMs: Percentiles;
}

export interface Percentiles {
  readonly p50: number;
  readonly p99: number;
  readonly p999: number;
}

export type LoadReport =
  | { readonly is: 'connected' }
  | { readonly is: 'failed'; readonly reason: string }
  | { readonly is: 'figures'; readonly figures: LoadFigures };

/** Of values in any order. */
export function percentilesOf(values: readonly number[]): Percentiles {
  const sorted = Float64Array.from(values).sort();
  const at = (share: number): number =>
    sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
  return { p50: at(0.5), p99: at(0.99), p999: at(0.999) };
}
