import { randomIndex, type Random } from '../../service/random.js';

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

/** One of the 16 million addresses that Linux answers to by itself; none that servers listen on. */
export function loopbackAddress(random: Random): string {
  const part = (): number => 1 + randomIndex(random, 254);
  return `127.${part()}.${part()}.${part()}`;
}
