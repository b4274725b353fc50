import type { SeenMember } from './member-fold.js';

/** The first version of the software that reads the newest version of the records. */
const newestSince = [0, 3] as const;

/** Who reads announces and partials. */
const readingRoles: ReadonlySet<string> = new Set(['rollup', 'ingest']);

function readsNewest(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > newestSince[0] || (major === newestSince[0] && minor >= newestSince[1]);
}

/** Those of the nodes that read announces or partials. */
export function readersOf(nodes: readonly SeenMember[]): readonly SeenMember[] {
  return nodes.filter(({ member }) => readingRoles.has(member.role));
}

/** The names of those readers that don't know the newest version. */
export function olderReaders(nodes: readonly SeenMember[]): readonly string[] {
  return readersOf(nodes)
    .filter(({ member }) => !readsNewest(member.version))
    .map(({ member }) => member.name);
}
