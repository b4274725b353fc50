import { isAtLeast } from './at-least.js';

/**
 * Whether peers make a stream better: those who have them against those who are held back. Pure;
 * docs/decisions/0018-holdback.md says why it is done so, and what was measured.
 */

/** What is counted of a part of a group: sums over all of a range, 0 where there is nobody. */
export interface HoldbackPart {
  readonly watchedMs: number;
  readonly stalledMs: number;
  /** Time before the first frame. */
  readonly startingMs: number;
  /** Views that came to their first frame. */
  readonly viewsPlayed: number;
  /** Played, of those who tell their bitrate, and for how long. */
  readonly playedBits: number;
  readonly playedBitrateMs: number;
}

export type HoldbackFigure = 'stall_ratio' | 'startup' | 'bitrate';

/** What peers do to a figure. */
export interface HoldbackVerdict {
  readonly figure: HoldbackFigure;
  readonly verdict: 'better' | 'worse' | 'unclear';
  /**
   * With peers less without, in the figure's unit: a share, ms, kbit/s; null where it can't be
   * known.
   */
  readonly difference: number | null;
  /** The interval of the difference; of 100 comparisons all three hold theirs in 95. */
  readonly low: number | null;
  readonly high: number | null;
}

/** A figure is a ratio of sums. */
interface Sums {
  readonly sum: number;
  readonly of: number;
}

interface FigureRule {
  readonly figure: HoldbackFigure;
  readonly sums: (part: HoldbackPart) => Sums;
  readonly isMoreBetter: boolean;
}

const figures: readonly FigureRule[] = [
  {
    figure: 'stall_ratio',
    sums: ({ watchedMs, stalledMs }) => ({ sum: stalledMs, of: watchedMs + stalledMs }),
    isMoreBetter: false,
  },
  {
    figure: 'startup',
    sums: ({ startingMs, viewsPlayed }) => ({ sum: startingMs, of: viewsPlayed }),
    isMoreBetter: false,
  },
  {
    figure: 'bitrate',
    sums: ({ playedBits, playedBitrateMs }) => ({ sum: playedBits, of: playedBitrateMs }),
    isMoreBetter: true,
  },
];

/** With fewer parts that have a say nothing can be said of how much they differ. */
const worthMin = 5;

/**
 * The normal quantile for an interval of 1 − 0.05 / 3 in the middle: three are told at once
 * (Bonferroni).
 */
const normalQuantile = 2.394;

/**
 * Judges the three figures by the parts of both groups. A session is in its part by chance and with
 * all that it does, however long it stays, so parts differ as groups of their size do by chance.
 * Source: the method of random groups (Wolter: Introduction to Variance Estimation, 2007, chapter
 * 2) on linearized ratios (Cochran: Sampling Techniques, 1977, chapter 6), with Student's t by
 * Welch's degrees of freedom (Biometrika 34, 1947).
 */
export function holdbackVerdicts(
  withPeers: readonly HoldbackPart[],
  heldBack: readonly HoldbackPart[],
): readonly HoldbackVerdict[] {
  return figures.map(({ figure, sums, isMoreBetter }) => {
    const found = differenceOf(estimateOf(withPeers.map(sums)), estimateOf(heldBack.map(sums)));
    if (found === undefined) {
      return { figure, verdict: 'unclear', difference: null, low: null, high: null };
    }
    const { low, high } = found;
    const isMore = low > 0;
    const isUnclear = !isMore && high >= 0;
    const verdict = isUnclear ? 'unclear' : isMore === isMoreBetter ? 'better' : 'worse';
    return { figure, verdict, ...found };
  });
}

interface Estimate {
  readonly ratio: number;
  readonly variance: number;
  readonly freedom: number;
}

/** Undefined where there is too little to tell, or a sum stands at its bound. */
function estimateOf(parts: readonly Sums[]): Estimate | undefined {
  if (parts.some(({ sum, of }) => isAtLeast(sum) || isAtLeast(of))) return undefined;
  const all = parts.reduce((one, { sum, of }) => ({ sum: one.sum + sum, of: one.of + of }));
  if (all.of === 0) return undefined;
  const ratio = all.sum / all.of;
  let [squares, weights] = [0, 0];
  for (const { sum, of } of parts) {
    squares += ((sum - ratio * of) / all.of) ** 2;
    weights += (of / all.of) ** 2;
  }
  // As many as they are worth: of a few long views most parts have nothing to say.
  const worth = 1 / weights;
  if (worth < worthMin) return undefined;
  return { ratio, variance: (squares * worth) / (worth - 1), freedom: worth - 1 };
}

type Difference = Readonly<Record<'difference' | 'low' | 'high', number>>;

function differenceOf(
  withPeers: Estimate | undefined,
  heldBack: Estimate | undefined,
): Difference | undefined {
  if (withPeers === undefined || heldBack === undefined) return undefined;
  const difference = withPeers.ratio - heldBack.ratio;
  const variance = withPeers.variance + heldBack.variance;
  if (variance === 0) return { difference, low: difference, high: difference };
  const freedom =
    variance ** 2 /
    (withPeers.variance ** 2 / withPeers.freedom + heldBack.variance ** 2 / heldBack.freedom);
  const margin = studentQuantile(freedom) * Math.sqrt(variance);
  return { difference, low: difference - margin, high: difference + margin };
}

/** Student's t for `normalQuantile` (Abramowitz and Stegun: Handbook, 26.7.5). */
function studentQuantile(freedom: number): number {
  const z = normalQuantile;
  return (
    z +
    (z ** 3 + z) / (4 * freedom) +
    (5 * z ** 5 + 16 * z ** 3 + 3 * z) / (96 * freedom ** 2) +
    (3 * z ** 7 + 19 * z ** 5 + 17 * z ** 3 - 15 * z) / (384 * freedom ** 3)
  );
}
