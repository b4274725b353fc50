import type { SeenMember } from './member-fold.js';

/** A version of the schemas of announces and of partials, counted from 1. */
export type RecordsVersion = 1 | 2;

/** The first version of the software that reads the second one. */
const secondSince = [0, 2] as const;

/** Who reads announces and partials. */
const readingRoles = new Set(['rollup', 'ingest']);

function readsSecond(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > secondSince[0] || (major === secondSince[0] && minor >= secondSince[1]);
}

/**
 * By which version announces and partials are written: the newest that all live readers know, so
 * that nobody meets a record that it can't read (docs/upgrade.md).
 */
export function writtenVersion(live: readonly SeenMember[]): RecordsVersion {
  const readers = live.filter(({ member }) => readingRoles.has(member.role));
  return readers.every(({ member }) => readsSecond(member.version)) ? 2 : 1;
}
