import { encodeNamePart } from './names.js';

/** How deep metrics go below a base: `browsers_by_quality.<quality>.<browser>`. */
const depths = ['*', '*.*', '*.*.*'];

/** Every metric below a base. */
export function allTargets(base: string): string[] {
  return depths.map((depth) => `${base}.${depth}`);
}

/** Every metric of a stream's facets, `<facet>.<value>` and one to three parts below its base. */
export function facetTargets(prefix: string, stream: string): string[] {
  return depths.map((depth) => `${prefix}.facets.${encodeNamePart(stream)}.*.*.${depth}`);
}
