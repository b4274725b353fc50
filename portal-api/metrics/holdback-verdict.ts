/**
 * Whether peers make a stream better: those who have them against those who are held back. Pure;
 * docs/decisions/0018-holdback.md says why it is done so, and what was measured.
 */

/** What is counted of one group in a minute, or a longer step: sums, 0 where there is nobody. */
export interface HoldbackMinute {
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

/** A ratio of sums in a minute. */
interface Part {
  readonly sum: number;
  readonly of: number;
}

interface FigureRule {
  readonly figure: HoldbackFigure;
  readonly part: (minute: HoldbackMinute) => Part;
  readonly isMoreBetter: boolean;
}

const figures: readonly FigureRule[] = [
  {
    figure: 'stall_ratio',
    part: ({ watchedMs, stalledMs }) => ({ sum: stalledMs, of: watchedMs + stalledMs }),
    isMoreBetter: false,
  },
  {
    figure: 'startup',
    part: ({ startingMs, viewsPlayed }) => ({ sum: startingMs, of: viewsPlayed }),
    isMoreBetter: false,
  },
  {
    figure: 'bitrate',
    part: ({ playedBits, playedBitrateMs }) => ({ sum: playedBits, of: playedBitrateMs }),
    isMoreBetter: true,
  },
];

/** Blocks are to differ by themselves, so they are longer than most sessions by so many times … */
const blockStaysMin = 3;
/** … and longer than what troubles everybody for a while. */
const blockMsMin = 600_000;
/** With fewer nothing can be said of how much blocks differ … */
const blocksMin = 5;
/** … and with more there is little to be gained. */
const blocksMax = 16;

/**
 * The normal quantile for an interval of 1 − 0.05 / 3 in the middle: three are told at once
 * (Bonferroni).
 */
const normalQuantile = 2.394;

const minuteMs = 60_000;

/**
 * Judges the three figures by steps of one length, the same in both lists; what isn't known is left
 * out of both. Source: differences of ratio estimators, linearized (Cochran: Sampling Techniques,
 * 1977, chapter 6), with their variance from sums over blocks of steps (batch means; Schmeiser,
 * Operations Research 30, 1982) and Student's t.
 */
export function holdbackVerdicts(
  withPeers: readonly HoldbackMinute[],
  heldBack: readonly HoldbackMinute[],
  stepMs = minuteMs,
): readonly HoldbackVerdict[] {
  // Where nobody is told apart, as before the holdback began, there is nothing to compare.
  const isTold = withPeers.map((minute, at) => [minute, heldBack[at]].some(hasAnybody));
  const both = [withPeers, heldBack].map((minutes) => minutes.filter((_minute, at) => isTold[at]));
  const [told = [], toldHeld = []] = both;
  const blocks = blocksOf(told, stepMs);
  return figures.map(({ figure, part, isMoreBetter }) => {
    const found = differenceOf(told.map(part), toldHeld.map(part), blocks);
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

function hasAnybody(minute: HoldbackMinute | undefined): boolean {
  return minute !== undefined && minute.watchedMs + minute.viewsPlayed > 0;
}

/** Into how many blocks the steps are divided. */
function blocksOf(withPeers: readonly HoldbackMinute[], stepMs: number): number {
  const views = withPeers.reduce((sum, { viewsPlayed }) => sum + viewsPlayed, 0);
  const watchedMs = withPeers.reduce((sum, minute) => sum + minute.watchedMs, 0);
  const stayMs = views === 0 ? 0 : watchedMs / views;
  const blockSteps = Math.ceil(Math.max(blockMsMin, blockStaysMin * stayMs) / stepMs);
  return Math.min(blocksMax, Math.floor(withPeers.length / blockSteps));
}

interface Difference {
  readonly difference: number;
  readonly low: number;
  readonly high: number;
}

/** Undefined where there is too little to tell. */
function differenceOf(
  withPeers: readonly Part[],
  heldBack: readonly Part[],
  blocks: number,
): Difference | undefined {
  const [all, held] = [total(withPeers), total(heldBack)];
  if (blocks < blocksMin || all.of === 0 || held.of === 0) return undefined;
  const [ratio, heldRatio] = [all.sum / all.of, held.sum / held.of];
  const influence = new Array<number>(blocks).fill(0);
  const weight = new Array<number>(blocks).fill(0);
  for (const [step, part] of withPeers.entries()) {
    const heldPart = heldBack[step] ?? nothing;
    const block = Math.floor((step * blocks) / withPeers.length);
    weight[block] = (weight[block] ?? 0) + heldPart.of;
    influence[block] =
      (influence[block] ?? 0) +
      (part.sum - ratio * part.of) / all.of -
      (heldPart.sum - heldRatio * heldPart.of) / held.of;
  }
  // As many as they are worth: an evening has more to say than a night.
  const worth = held.of ** 2 / weight.reduce((sum, one) => sum + one * one, 0);
  if (worth < blocksMin) return undefined;
  const error = Math.sqrt((varianceOfSum(influence) * worth) / (worth - 1));
  const difference = ratio - heldRatio;
  const margin = studentQuantile(worth - 1) * error;
  return { difference, low: difference - margin, high: difference + margin };
}

/**
 * Of blocks that add up to 0. What one shares with the next, by sessions that go on, makes the sum
 * vary more (Newey and West, Econometrica 55, 1987, with one lag), and never less.
 */
function varianceOfSum(blocks: readonly number[]): number {
  let squares = 0;
  let neighbours = 0;
  for (const [index, block] of blocks.entries()) {
    squares += block * block;
    neighbours += block * (blocks[index + 1] ?? 0);
  }
  return squares + Math.max(0, neighbours);
}

const nothing: Part = { sum: 0, of: 0 };

function total(parts: readonly Part[]): Part {
  return parts.reduce((all, { sum, of }) => ({ sum: all.sum + sum, of: all.of + of }), nothing);
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
