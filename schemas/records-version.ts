/**
 * Announces and partials of one cluster are written by one version of the records, which all who
 * read them know: what a version has, it has for all time.
 */
interface RecordsVersion {
  /** The schemas, counted from 1. */
  readonly announces: number;
  readonly partials: number;
  /** Announces tell facets. */
  readonly hasFacets: boolean;
}

const versions: readonly RecordsVersion[] = [
  { announces: 1, partials: 1, hasFacets: false },
  { announces: 2, partials: 2, hasFacets: false },
  { announces: 2, partials: 3, hasFacets: true },
];

/** Counted from 1. */
export const newestRecordsVersion = versions.length;

function known(version: number): RecordsVersion {
  const one = versions[version - 1];
  if (one === undefined) throw new Error(`no version ${version} of the records`);
  return one;
}

/** By which version of `AnnounceBatch` announces are written then. */
export function announcesVersion(version: number): number {
  return known(version).announces;
}

/** By which version of `PartialBatch` partials are written then. */
export function partialsVersion(version: number): number {
  return known(version).partials;
}

export function hasFacets(version: number): boolean {
  return known(version).hasFacets;
}
