/** The steps of answers, in minutes: the first with which a range has few enough values. */
const ladder = [1, 10, 30, 60, 120, 360, 1_440];

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
  for (const minutes of ladder) {
    const stepMs = minutes * intervalMs;
    if (stepMs < finestMs) continue;
    const steps = alignedTo(stepMs, fromMs, untilMs);
    if ((steps.untilMs - steps.fromMs) / stepMs <= stepsMax) return steps;
  }
  return undefined;
}

/** The longest steps that there are. */
export function stepMsMax(intervalMs: number): number {
  return (ladder.at(-1) ?? 1) * intervalMs;
}

/** The longest range that has any steps at all. */
export function rangeMsMax({ intervalMs, stepsMax }: StepRules): number {
  return stepMsMax(intervalMs) * stepsMax;
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
