import { groupsOf, isDeleted } from '../registry/index.js';
import { sees, type Actor } from './actor.js';
import type { StreamCatalog } from './stream-catalog.js';
import { seenPart, toldHistory, type SecretOf, type ToldEntry } from './stream-history.js';

/** A change of one of all streams. */
export interface ToldChange extends ToldEntry {
  readonly key: string;
}

/** Which changes are looked for. */
export interface ChangeSearch {
  /** Of streams that are of this group, or were when they were deleted. */
  readonly group?: string;
  /** Made by whom, as the entry tells it. */
  readonly actor?: string;
  /** Those whose offsets in the registry log are lower. */
  readonly before: number;
  readonly limit: number;
}

/**
 * A stream's changes that the actor may read, oldest first; undefined: not even that there are any.
 * Who sees all streams is told of those too that had the key before; others, to whom those may not
 * have belonged, of the present one alone, and since it is of a group that they see.
 */
export function visibleHistory(
  catalog: StreamCatalog,
  actor: Actor,
  key: string,
): readonly ToldEntry[] | undefined {
  const trail = catalog.history(key);
  const isAll = actor.groups === 'all';
  const stream = catalog.stream(key);
  if (!isAll && (stream === undefined || !sees(actor, stream))) return undefined;
  const { part, isBegun } = isAll
    ? { part: trail, isBegun: false }
    : seenPart(trail, (settings) => sees(actor, settings));
  if (part.length === 0) return undefined;
  const secretOf: SecretOf = (ofStream, tokenKey) => catalog.secretOf(ofStream, tokenKey);
  // Who tried to create another stream of this key may be a stranger to it.
  return toldHistory(part, secretOf, isBegun).filter(
    ({ outcome }) => isAll || outcome !== 'exists',
  );
}

/** Of the latest changes of all streams those that the actor may read, the newest first. */
export function latestVisible(
  catalog: StreamCatalog,
  reader: Actor,
  { group, actor, before, limit }: ChangeSearch,
): ToldChange[] {
  /** By the stream's key, then by offset: each stream is told once. */
  const told = new Map<string, ReadonlyMap<number, ToldEntry>>();
  const toldOf = (key: string): ReadonlyMap<number, ToldEntry> => {
    const isOf = group === undefined || lastGroups(catalog, key).includes(group);
    const entries = isOf ? visibleHistory(catalog, reader, key) : undefined;
    return new Map(entries?.map((entry) => [entry.offset, entry]));
  };
  const found: ToldChange[] = [];
  for (const place of catalog.latestChanges().toReversed()) {
    if (found.length === limit) break;
    const { key, offset } = place;
    if (offset >= before || (actor !== undefined && place.actor !== actor)) continue;
    const ofStream = told.get(key) ?? toldOf(key);
    told.set(key, ofStream);
    const entry = ofStream.get(offset);
    if (entry !== undefined) found.push({ key, ...entry });
  }
  return found;
}

/** The groups that the stream is of; of a deleted one, that it was of last. */
function lastGroups(catalog: StreamCatalog, key: string): readonly string[] {
  const last = catalog
    .history(key)
    .findLast(({ outcome, settings }) => outcome === 'accepted' && !isDeleted(settings));
  return groupsOf(last?.settings.options ?? {});
}
