/** Steps shorter than Graphite's coarse points, in minutes. */
const shortSteps = [1, 10, 30, 60, 120, 360];
/** And those that are made of them, in coarse points: each is whole ones of the one before. */
const longSteps = [1, 3, 6, 12, 36, 144];

/** The whole steps of a range: [fromMs, untilMs). */
export interface Steps {
  readonly fromMs: number;
  readonly untilMs: number;
  readonly stepMs: number;
}

export interface StepRules {
  readonly intervalMs: number;
  /** Steps are at least so long; 0: any are. */
  readonly stepMsMin: number;
  /** Values in one series of an answer. */
  readonly stepsMax: number;
  /** Before this Graphite has no single minutes any more, but steps of `coarseMs`. */
  readonly minutesFromMs: number;
  readonly coarseMs: number;
}

/**
 * The finest steps in which a range can be told, all of those that it touches; undefined where it
 * is too long for any.
 */
export function stepsOf(fromMs: number, untilMs: number, rules: StepRules): Steps | undefined {
  const { intervalMs, stepMsMin, stepsMax, minutesFromMs, coarseMs } = rules;
  const finestMs = Math.max(stepMsMin, fromMs < minutesFromMs ? coarseMs : intervalMs);
  for (const stepMs of ladderOf(intervalMs, coarseMs)) {
    if (stepMs < finestMs) continue;
    const steps = alignedTo(stepMs, fromMs, untilMs);
    if ((steps.untilMs - steps.fromMs) / stepMs <= stepsMax) return steps;
  }
  return undefined;
}

/**
 * The same steps with finer ones in place of that which has this time within it: so what is known
 * up to or from a time is known but for the finest step. In their order, without a gap.
 */
export function finerAt(timeMs: number, steps: Steps, rules: StepRules): Steps[] {
  const { fromMs, untilMs, stepMs } = steps;
  const around = alignedTo(stepMs, timeMs, timeMs);
  if (around.fromMs === around.untilMs || timeMs < fromMs || timeMs >= untilMs) return [steps];
  const finer = stepsOf(around.fromMs, around.untilMs, { ...rules, stepMsMin: 0 });
  if (finer === undefined || finer.stepMs >= stepMs) return [steps];
  const before = { fromMs, untilMs: around.fromMs, stepMs };
  const after = { fromMs: around.untilMs, untilMs, stepMs };
  const all = [before, ...finerAt(timeMs, finer, rules), after];
  return all.filter((some) => some.fromMs < some.untilMs);
}

type Ladder = Pick<StepRules, 'intervalMs' | 'coarseMs'>;

/** The longest steps that there are. */
export function stepMsMax({ intervalMs, coarseMs }: Ladder): number {
  return ladderOf(intervalMs, coarseMs).at(-1) ?? intervalMs;
}

/** The longest range that has any steps at all. */
export function rangeMsMax(rules: StepRules): number {
  return stepMsMax(rules) * rules.stepsMax;
}

/**
 * The steps of answers, the finest first: each is whole ones of the one before, and from
 * `coarseMs` on whole coarse points, so that no point is in two steps.
 */
function ladderOf(intervalMs: number, coarseMs: number): number[] {
  const unitMs = intervalMs >= coarseMs ? intervalMs : leastMultiple(intervalMs, coarseMs);
  const short = shortSteps
    .map((minutes) => minutes * intervalMs)
    .filter((stepMs) => stepMs < coarseMs && unitMs % stepMs === 0);
  return [...short, ...longSteps.map((points) => points * unitMs)];
}

/** Of both. */
function leastMultiple(one: number, other: number): number {
  let [divisor, rest] = [one, other];
  while (rest > 0) [divisor, rest] = [rest, divisor % rest];
  return (one / divisor) * other;
}

/** The steps that a range touches. */
export function alignedTo(stepMs: number, fromMs: number, untilMs: number): Steps {
  return {
    fromMs: Math.floor(fromMs / stepMs) * stepMs,
    untilMs: Math.ceil(untilMs / stepMs) * stepMs,
    stepMs,
  };
}

/** The starts of the steps. */
export function timesOf({ fromMs, untilMs, stepMs }: Steps): number[] {
  const count = Math.max(0, Math.round((untilMs - fromMs) / stepMs));
  return Array.from({ length: count }, (_, index) => fromMs + index * stepMs);
}
