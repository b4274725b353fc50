/** How deep metrics go below a base: `browsers_by_quality.<quality>.<browser>`. */
const depths = ['*', '*.*', '*.*.*'];

/** Every metric below a base. */
export function allTargets(base: string): string[] {
  return depths.map((depth) => `${base}.${depth}`);
}
