import type { StartPosition } from '../kafka/index.js';
import { decodeCommitMetadata, type CommitMetadata } from '../schemas/index.js';

export {
  decodeCommitMetadata,
  encodeCommitMetadata,
  type CommitMetadata,
  type CommitPoint,
} from '../schemas/index.js';

/**
 * The first exact minute of a reader without a commit: all of them when the log is whole, otherwise
 * the first one that begins 2 × grace after the oldest record that is left.
 */
export function exactFromOldest(
  oldestLogAppendTimeMs: number,
  times: { readonly intervalMs: number; readonly graceMs: number },
): number {
  return Math.ceil((oldestLogAppendTimeMs + 2 * times.graceMs) / times.intervalMs);
}

/**
 * Where a reader begins: at its commit, at the whole log's beginning, or, when the log's beginning
 * is gone, at what is left; then `exactFrom` follows from the first record.
 */
export type ReaderStart =
  | { readonly kind: 'exact'; readonly metadata: CommitMetadata }
  | { readonly kind: 'shortened'; readonly offset: number };

/** True: the commit is one of ours; what a group's coordinator has of others counts as none. */
export function isOurMetadata(metadata: string): boolean {
  return decodeCommitMetadata(metadata) !== undefined;
}

const wholeLog: CommitMetadata = { offset: 0, exactFrom: 0, deadLettersBefore: 0, setAside: [] };

export function readerStart(start: StartPosition): ReaderStart {
  if (start.kind === 'committed') {
    const metadata = decodeCommitMetadata(start.metadata);
    if (metadata?.offset === start.offset) return { kind: 'exact', metadata };
    throw new Error('a commit whose metadata is not ours was taken for one');
  }
  return start.offset === 0
    ? { kind: 'exact', metadata: wholeLog }
    : { kind: 'shortened', offset: start.offset };
}
