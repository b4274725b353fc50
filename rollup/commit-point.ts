import type { StartPosition } from '../kafka/index.js';

/**
 * Where reading begins again and the first minute that is exact from there (§3 rule 9). Stands in the
 * commit's metadata, so that both come from one answer.
 */
export interface CommitPoint {
  readonly offset: number;
  readonly exactFrom: number;
}

/** What an owner remembers with its commit besides. */
export interface CommitMetadata extends CommitPoint {
  /** Broken records below this offset are in the dead letters already. */
  readonly deadLettersBefore: number;
}

const metadataVersion = 1;

export function encodeCommitMetadata(metadata: CommitMetadata): string {
  return JSON.stringify({
    v: metadataVersion,
    offset: metadata.offset,
    exactFrom: metadata.exactFrom,
    deadLettersBefore: metadata.deadLettersBefore,
  });
}

/** The metadata, or undefined when it isn't ours. */
export function decodeCommitMetadata(text: string): CommitMetadata | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const fields = new Map<string, unknown>(Object.entries(value));
  const offset = fields.get('offset');
  const exactFrom = fields.get('exactFrom');
  const deadLettersBefore = fields.get('deadLettersBefore');
  if (fields.get('v') !== metadataVersion) return undefined;
  if (!isCount(offset) || !isCount(exactFrom) || !isCount(deadLettersBefore)) return undefined;
  return { offset, exactFrom, deadLettersBefore };
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

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
 * Where a reader begins: at its commit, at the whole log's beginning, or, when the log's beginning is
 * gone, at what is left; then `exactFrom` follows from the first record.
 */
export type ReaderStart =
  | { readonly kind: 'exact'; readonly metadata: CommitMetadata }
  | { readonly kind: 'shortened'; readonly offset: number };

export function readerStart(start: StartPosition): ReaderStart {
  if (start.kind === 'committed') {
    const metadata = decodeCommitMetadata(start.metadata);
    if (metadata?.offset === start.offset) return { kind: 'exact', metadata };
    throw new Error('a commit whose metadata is not ours was taken for one');
  }
  return start.offset === 0
    ? { kind: 'exact', metadata: { offset: 0, exactFrom: 0, deadLettersBefore: 0 } }
    : { kind: 'shortened', offset: start.offset };
}
