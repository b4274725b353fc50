/** A source of numbers in [0, 1): seeded in the model, so that a run can be repeated. */
export type Random = () => number;

/** mulberry32: small, fast and even enough for a simulation. Not for secrets. */
export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Exponentially distributed with this mean: waits between independent events. */
export function exponential(random: Random, mean: number): number {
  return -mean * Math.log(1 - random());
}

/** Log-normally distributed around this median: start-up times and session lengths. */
export function logNormal(random: Random, median: number, sigma: number): number {
  const radius = Math.sqrt(-2 * Math.log(1 - random()));
  return median * Math.exp(sigma * radius * Math.cos(2 * Math.PI * random()));
}

/** A value scattered evenly around `middle` by at most ± `share` of it. */
export function jittered(random: Random, middle: number, share: number): number {
  return middle * (1 + share * (2 * random() - 1));
}

export interface Weighted<T> {
  readonly value: T;
  readonly weight: number;
}

/** One of the values, each with a chance in proportion to its weight. */
export function pickWeighted<T>(random: Random, choices: readonly Weighted<T>[]): T {
  const total = choices.reduce((sum, choice) => sum + choice.weight, 0);
  let rest = random() * total;
  for (const choice of choices) {
    rest -= choice.weight;
    if (rest < 0) return choice.value;
  }
  const last = choices.at(-1);
  if (last === undefined) throw new Error('nothing to pick from');
  return last.value;
}
