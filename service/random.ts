/** A source of numbers in [0, 1), passed in wherever chance decides. */
export type Random = () => number;

/** Looked up once: in the contexts that tests run in, each look-up takes as long as a draw. */
const { imul } = Math;

/**
 * Mulberry32 (Tommy Ettinger): small, fast, the same numbers for the same seed. Not for secrets.
 */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** An index below `length`. */
export function randomIndex(random: Random, length: number): number {
  return Math.floor(random() * length);
}
