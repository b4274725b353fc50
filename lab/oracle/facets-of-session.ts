import type { FacetValue } from '../../schemas/index.js';
import type { SessionFacts } from '../viewers/session-facts.js';

/** The values of each label of each stream; a stream that isn't listed has none. */
export type Labels = ReadonlyMap<string, Readonly<Record<string, readonly string[]>>>;

/** The facets that a session's announces have to have. */
export function facetsOfSession(
  stream: string,
  { device, system, player, plan }: SessionFacts,
  labels: Labels,
): FacetValue[] {
  const listed = Object.entries(labels.get(stream) ?? {}).map(([label, values]) => {
    // Viewers tell the one label alone.
    const told = label === 'plan' ? plan : null;
    const known = told !== null && values.includes(told) ? told : 'other';
    return { facet: `label.${label}`, value: told === null ? 'unknown' : known };
  });
  return [
    { facet: 'device', value: device },
    { facet: 'system', value: system },
    { facet: 'player', value: player },
    ...listed,
  ];
}

/** Facets in one text, whatever their order. */
export function facetsText(facets: readonly FacetValue[]): string {
  return facets
    .map(({ facet, value }) => `${facet}=${value}`)
    .sort()
    .join('\n');
}

/** What `facetsText` wrote. */
export function facetsOfText(text: string): FacetValue[] {
  return text === ''
    ? []
    : text.split('\n').map((line) => {
        const [facet = '', value = ''] = line.split(/=(.*)/);
        return { facet, value };
      });
}
