import type { KnownPart } from './step-values.js';

/**
 * What was read by a stream's key without what is of a deleted one that had the key until
 * `ownFromMs`: as if that had told nothing. Of the step in which the key was taken anew nothing is
 * known, since it may have something of both.
 */
export function ownPart(part: KnownPart, ownFromMs: number): KnownPart {
  const { fromMs, stepMs } = part.figures;
  const taken = (ownFromMs - fromMs) / stepMs;
  if (taken <= 0) return part;
  const columns = new Map<string, Float64Array>();
  for (const [name, values] of part.figures.columns) {
    const own = values.map((value, index) => (index < taken ? NaN : value));
    if (own.some((value) => !Number.isNaN(value))) columns.set(name, own);
  }
  const closed = part.closed.slice();
  if (!Number.isInteger(taken)) closed[Math.floor(taken)] = 0;
  return { ...part, figures: { ...part.figures, columns }, closed };
}
