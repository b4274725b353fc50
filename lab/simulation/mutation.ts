import { patch as putInPlace } from '../../service/testing/patch.js';
import type { SimulationParts } from './parts.js';
import type { ProfileName } from './profiles.js';

export interface Mutated {
  readonly parts?: Partial<SimulationParts>;
  readonly restore: () => void;
}

/** A rule of docs/exactness.md#the-rules, broken. */
export interface Mutation {
  readonly name: string;
  /** The faults that are aimed at it. */
  readonly profile: ProfileName;
  /** It has to be caught within so many seeds. */
  readonly seedsMax: number;
  readonly apply: () => Mutated;
}

export const usually = { profile: 'usual', seedsMax: 40 } as const;

/** Puts another method in place of one of the production core. */
export function patch<Target extends object, Name extends keyof Target>(
  target: Target,
  name: Name,
  make: (original: Target[Name]) => Target[Name],
): Mutated {
  return { restore: putInPlace(target, name, make) };
}

/** Puts in place what is no method of the production core. */
export function replacing(parts: Partial<SimulationParts>): Mutated {
  return { parts, restore: () => undefined };
}
