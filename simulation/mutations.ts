import type { SimulationParts } from './parts.js';
import type { ProfileName } from './profiles.js';

export interface Mutated {
  readonly parts?: SimulationParts;
  readonly restore: () => void;
}

/** A rule of DESIGN §3, broken. */
export interface Mutation {
  readonly name: string;
  /** The faults that are aimed at it. */
  readonly profile: ProfileName;
  /** It has to be caught within so many seeds. */
  readonly seedsMax: number;
  readonly apply: () => Mutated;
}

export const mutations: readonly Mutation[] = [];
