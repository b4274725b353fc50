import { isNamePartTooLong } from '../graphite/index.js';
import { facetNames } from '../schemas/index.js';
import type { StreamOptions } from './types.js';
import { unprintable } from './unprintable.js';

/** What a stream says of its facets: labels with their values, and what Graphite has of all. */

export const facetOptionsLimits = {
  labelsMax: 5,
  valuesMax: 50,
  valueLengthMax: 64,
  graphiteFacetsMax: 16,
} as const;

const labelShape = /^[a-z][a-z0-9_]{0,31}$/;
const labelFacetShape = /^label\.[a-z][a-z0-9_]{0,31}$/;
const namedFacets: readonly string[] = [...facetNames, 'holdback'];
/** They stand for what isn't listed or isn't told. */
const reserved: readonly unknown[] = ['other', 'unknown', 'untold'];

/** Names the first of these options that breaks a rule, and the rule. */
export function facetOptionsError(options: StreamOptions): string | undefined {
  const { labels, graphiteFacets } = options;
  return labelsError(labels) ?? labelTextsError(options) ?? graphiteFacetsError(graphiteFacets);
}

/**
 * Rules for commands alone: values that stand in the log in spite of them are told apart as they
 * were.
 */
function labelTextsError(options: StreamOptions): string | undefined {
  for (const [label, values] of labelOptions(options)) {
    for (const [index, value] of [...values].entries()) {
      const at = `options.labels.${label}[${index}]`;
      if (unprintable.test(value)) return `${at}: has control characters`;
      if (isNamePartTooLong(value)) return `${at}: too many letters beyond ASCII`;
    }
  }
  return undefined;
}

function labelsError(labels: unknown): string | undefined {
  const at = 'options.labels';
  if (labels === undefined) return undefined;
  if (!isFields(labels)) return `${at}: not an object`;
  const { labelsMax, valuesMax, valueLengthMax } = facetOptionsLimits;
  const listed = Object.entries(labels);
  if (listed.length > labelsMax) return `${at}: more than ${labelsMax}`;
  for (const [label, values] of listed) {
    if (!labelShape.test(label)) {
      return `${at}: a name is of up to 32 small letters, digits and _, beginning with a letter`;
    }
    if (!Array.isArray(values)) return `${at}.${label}: not a list of values`;
    if (values.length > valuesMax) return `${at}.${label}: more than ${valuesMax} values`;
    if (!values.every(isLabelValue)) {
      return `${at}.${label}: each is a text of 1 to ${valueLengthMax} characters`;
    }
    if (new Set(values).size < values.length) return `${at}.${label}: a value stands there twice`;
    const taken = values.find((value) => reserved.includes(value));
    if (taken !== undefined) return `${at}.${label}: "${taken}" stands for what isn't listed`;
  }
  return undefined;
}

function graphiteFacetsError(facets: unknown): string | undefined {
  const at = 'options.graphiteFacets';
  if (facets === undefined) return undefined;
  if (!Array.isArray(facets)) return `${at}: not a list of facets`;
  const { graphiteFacetsMax } = facetOptionsLimits;
  if (facets.length > graphiteFacetsMax) return `${at}: more than ${graphiteFacetsMax}`;
  return facets.every(isFacet)
    ? undefined
    : `${at}: each is ${namedFacets.join(', ')} or label. and a label`;
}

/** The values of each label; what isn't as it should be isn't there. */
export function labelOptions({ labels }: StreamOptions): ReadonlyMap<string, ReadonlySet<string>> {
  if (!isFields(labels) || labelsError(labels) !== undefined) return noLabels;
  return new Map(
    Object.entries(labels).map(([label, values]) => [
      label,
      // `labelsError` looked at them.
      new Set(values as readonly string[]),
    ]),
  );
}

const noLabels: ReadonlyMap<string, ReadonlySet<string>> = new Map();
const noFacets: readonly string[] = [];

/** The facets of which Graphite is told; what isn't as it should be isn't there. */
export function graphiteFacets({ graphiteFacets: facets }: StreamOptions): readonly string[] {
  return Array.isArray(facets) ? [...new Set(facets.filter(isFacet))] : noFacets;
}

function isLabelValue(value: unknown): value is string {
  return (
    typeof value === 'string' && value !== '' && value.length <= facetOptionsLimits.valueLengthMax
  );
}

function isFacet(value: unknown): value is string {
  return typeof value === 'string' && (namedFacets.includes(value) || labelFacetShape.test(value));
}

export function isFields(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
