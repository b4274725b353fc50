import type { Viewer } from './viewer.js';

/** Sizes of the parts of the graph in which each viewer reaches each other one, largest first. */
export function componentSizes(viewers: readonly Viewer[]): number[] {
  const seen = new Set<Viewer>();
  const sizes: number[] = [];
  for (const start of viewers) {
    if (seen.has(start)) continue;
    seen.add(start);
    const next = [start];
    let size = 0;
    for (let viewer = next.pop(); viewer !== undefined; viewer = next.pop()) {
      size += 1;
      for (const other of viewer.connections) {
        if (seen.has(other)) continue;
        seen.add(other);
        next.push(other);
      }
    }
    sizes.push(size);
  }
  return sizes.sort((one, other) => other - one);
}
