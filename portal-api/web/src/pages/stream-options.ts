/** A stream's options as the pages read them: what isn't as it should be isn't there. */
export type Options = Readonly<Record<string, unknown>>;

/** The facets that Graphite is told of. */
export function graphiteFacetsOf(options: Options): readonly string[] {
  return textsOf(options['graphiteFacets']);
}

/**
 * What a page has of a stream's holdback: the `verdict` wherever its figures are kept, also of one
 * that is over; `not_kept`: there is one, and no figures.
 */
export function holdbackShown(options: Options): 'verdict' | 'not_kept' | 'nothing' {
  if (graphiteFacetsOf(options).includes('holdback')) return 'verdict';
  return holdbackPercentOf(options) > 0 ? 'not_kept' : 'nothing';
}

/** The share of sessions without peers, 0 … 50. */
export function holdbackPercentOf(options: Options): number {
  const percent = fieldsOf(options['policy'])['holdbackPercent'];
  return typeof percent === 'number' ? percent : 0;
}

export function textsOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [];
}

export function fieldsOf(value: unknown): Options {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Options)
    : {};
}
