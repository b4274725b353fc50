import type { Mutation } from './mutation.js';
import { run } from './run.js';

export interface Caught {
  /** How many seeds it took. */
  readonly seeds: number;
  readonly difference: string;
}

/** Runs with a rule broken until a run differs; undefined when none of the mutation's seeds did. */
export async function catchMutation(mutation: Mutation): Promise<Caught | undefined> {
  const mutated = mutation.apply();
  try {
    for (let seed = 1; seed <= mutation.seedsMax; seed += 1) {
      const { differences } = await run({
        seed,
        profile: mutation.profile,
        ...(mutated.parts === undefined ? {} : { parts: mutated.parts }),
      });
      if (differences[0] !== undefined) return { seeds: seed, difference: differences[0] };
    }
    return undefined;
  } finally {
    mutated.restore();
  }
}
