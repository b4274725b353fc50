import type { ReadableColumns } from '../../graphite/index.js';
import { portalLimits } from '../limits.js';
import { figuresOf, joined, sliceOf, type Figures } from './figures.js';
import { FinishedFigures } from './finished-figures.js';
import type { Steps } from './steps.js';

export interface FiguresReaderOptions {
  readonly columns: ReadableColumns;
  readonly intervalMs: number;
  readonly now: () => number;
}

/** Figures that are read by what they are of: `key` says the same as both targets. */
export interface Wanted {
  readonly key: string;
  readonly targets: readonly string[];
  /** What says which of them are known: read beside each of them, not before or after. */
  readonly closedTargets: readonly string[];
  /** True: they are known up to their end, so that they may be kept. */
  readonly isWhole: (figures: Figures) => boolean;
}

interface FinishedRange {
  readonly fromMs: number;
  /** The end of what is finished. */
  readonly boundaryMs: number;
  /** The end of what is asked for. */
  readonly endMs: number;
  readonly stepMs: number;
}

/**
 * Reads a range of figures as one or two parts: finished minutes, which are kept for whoever asks
 * next, and those that still change. Where a range is told in long steps, and for minutes that
 * Graphite has no more, the finished part is of Graphite's coarse points: a tenth of the work. It
 * is asked for in two halves, so that two processes of graphite-web read side by side.
 */
export class FiguresReader {
  readonly #finished: FinishedFigures;

  constructor(private readonly options: FiguresReaderOptions) {
    this.#finished = new FinishedFigures(options.now);
  }

  /**
   * The parts of [fromMs, untilMs), in their order and without a gap up to now; each ends where a
   * step does. Rejects with AppError `graphite_unavailable`.
   */
  async parts(wanted: Wanted, { fromMs, untilMs, stepMs }: Steps): Promise<Figures[]> {
    const nowMs = this.options.now();
    const isCoarse = stepMs >= portalLimits.coarseMs;
    // Of a long step that isn't over nothing is told; a minute that isn't may be looked at.
    const lastMs = isCoarse ? Math.floor(nowMs / stepMs) : Math.ceil(nowMs / stepMs);
    const endMs = Math.max(fromMs, Math.min(untilMs, lastMs * stepMs));
    const finishedMs = Math.floor((nowMs - portalLimits.finishedAfterMs) / stepMs) * stepMs;
    const boundaryMs = Math.max(fromMs, Math.min(endMs, finishedMs));
    const parts: Figures[] = [];
    if (fromMs < boundaryMs) {
      const range = { fromMs, boundaryMs, endMs, stepMs };
      parts.push(await this.#finishedPart(wanted, range, isCoarse));
    }
    const reachedMs = parts[0]?.untilMs ?? fromMs;
    if (reachedMs < endMs) parts.push(await this.#read([allTargets(wanted)], reachedMs, endMs));
    return parts;
  }

  /** From `fromMs` on: as far as is kept, or all at once. */
  async #finishedPart(
    wanted: Wanted,
    { fromMs, boundaryMs, endMs, stepMs }: FinishedRange,
    isCoarse: boolean,
  ): Promise<Figures> {
    const { key, isWhole } = wanted;
    const keptKey = `${isCoarse ? 'coarse' : 'minutes'} ${key}`;
    const kept = this.#finished.get(keptKey, fromMs);
    const isNear = kept !== undefined && kept.untilMs > boundaryMs - portalLimits.keptMsMax;
    if (isNear) {
      const untilMs = Math.min(Math.floor(kept.untilMs / stepMs) * stepMs, boundaryMs);
      if (untilMs > fromMs) return sliceOf(kept, fromMs, untilMs);
    }
    const readFromMs = isCoarse ? Math.min(fromMs, this.#coarseFromMs()) : fromMs;
    const requests = isCoarse ? halvesOf(wanted) : [allTargets(wanted)];
    const figures = await this.#read(requests, readFromMs, endMs);
    // In coarser points than were thought of whoever asks asks again.
    if (figures.stepMs > stepMs) return figures;
    const finished = sliceOf(figures, figures.fromMs, boundaryMs);
    if (isWhole(finished)) this.#finished.put(keptKey, finished);
    return sliceOf(figures, fromMs, endMs);
  }

  /** Whoever asks from before this gets coarse points, of all that follows. */
  #coarseFromMs(): number {
    const { coarseMs, minutesKeptMs } = portalLimits;
    return Math.floor((this.options.now() - minutesKeptMs) / coarseMs - 1) * coarseMs;
  }

  /** What several requests have together. */
  async #read(
    requests: readonly (readonly string[])[],
    fromMs: number,
    untilMs: number,
  ): Promise<Figures> {
    const { columns, intervalMs } = this.options;
    const range = { fromMs, untilMs };
    const answers = await Promise.all(requests.map((targets) => columns({ targets, ...range })));
    return figuresOf(joined(answers), range, intervalMs);
  }
}

function allTargets({ targets, closedTargets }: Wanted): readonly string[] {
  return [...new Set([...targets, ...closedTargets])];
}

/** Each with what says of its figures that they are known. */
function halvesOf({ targets, closedTargets, ...rest }: Wanted): (readonly string[])[] {
  const half = (which: number): readonly string[] =>
    allTargets({
      ...rest,
      targets: targets.filter((_target, index) => index % 2 === which),
      closedTargets,
    });
  return targets.length < 2 ? [half(0)] : [half(0), half(1)];
}
