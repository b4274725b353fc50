import { encodeNamePart } from './names.js';

/** How deep metrics go below a base: `browsers_by_quality.<quality>.<browser>`. */
const depths = ['*', '*.*', '*.*.*'];

/** Every metric below a base. */
export function allTargets(base: string): string[] {
  return depths.map((depth) => `${base}.${depth}`);
}

/**
 * Few targets that have all of these metrics below a base: those of the same form stand in one, by
 * the names that each of their parts has, with which others may come that are made of these, too.
 */
export function bracedTargets(base: string, metrics: readonly string[]): string[] {
  const forms = new Map<string, Set<string>[]>();
  for (const metric of metrics) {
    const parts = metric.split('.');
    const form = parts.map((part) => (part === '*' ? '*' : 'name')).join('.');
    const names = forms.get(form) ?? parts.map(() => new Set<string>());
    for (const [at, part] of parts.entries()) names[at]?.add(part);
    forms.set(form, names);
  }
  return [...forms.values()].map((names) => [base, ...names.map(braced)].join('.'));
}

function braced(names: ReadonlySet<string>): string {
  return names.size === 1 ? [...names].join() : `{${[...names].join(',')}}`;
}

/** Every metric of a stream's facets, `<facet>.<value>` and one to three parts below its base. */
export function facetTargets(prefix: string, stream: string): string[] {
  return depths.map((depth) => `${prefix}.facets.${encodeNamePart(stream)}.*.*.${depth}`);
}
