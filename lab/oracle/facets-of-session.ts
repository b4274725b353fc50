import type { FacetValue } from '../../schemas/index.js';
import type { SessionFacts } from '../viewers/session-facts.js';
import { isPlainlyHeldBack, plainPart, type Holdbacks } from './plain-holdback.js';

/** The values of each label of each stream; a stream that isn't listed has none. */
export type Labels = ReadonlyMap<string, Readonly<Record<string, readonly string[]>>>;

/** What streams say by which their sessions are told apart. */
export interface Distinctions {
  readonly labels: Labels;
  readonly holdbacks: Holdbacks;
  /** True: trackers have a file that says where addresses are. Default: they have none. */
  readonly isHomeTold?: boolean;
}

/** The facets that a session's announces have to have. */
export function facetsOfSession(
  stream: string,
  session: string,
  facts: SessionFacts,
  { labels, holdbacks, isHomeTold = false }: Distinctions,
): FacetValue[] {
  const { device, system, player, plan } = facts;
  const listed = Object.entries(labels.get(stream) ?? {}).map(([label, values]) => {
    // Viewers tell the one label alone.
    const told = label === 'plan' ? plan : null;
    const known = told !== null && values.includes(told) ? told : 'other';
    return { facet: `label.${label}`, value: told === null ? 'unknown' : known };
  });
  return [
    ...(isHomeTold ? homeFacets(facts) : []),
    { facet: 'device', value: device },
    { facet: 'system', value: system },
    { facet: 'player', value: player },
    ...listed,
    ...groupOf(stream, session, facts, holdbacks),
  ];
}

function homeFacets({ home }: SessionFacts): FacetValue[] {
  return [
    { facet: 'country', value: home?.country ?? 'unknown' },
    { facet: 'network', value: home === undefined ? 'unknown' : `AS${home.system}` },
  ];
}

/** Told of streams that hold somebody back. */
function groupOf(
  stream: string,
  session: string,
  { role }: SessionFacts,
  holdbacks: Holdbacks,
): FacetValue[] {
  if ((holdbacks.get(stream) ?? 0) === 0) return [];
  const isHeldBack = role !== 'seeder' && isPlainlyHeldBack(stream, session, holdbacks);
  const group = isHeldBack ? 'held_back' : 'with_peers';
  return [
    { facet: 'holdback', value: group },
    { facet: 'holdback_part', value: `${group}-${plainPart(stream, session)}` },
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
