import type { GroupCommit, PartitionOffsets, StartPosition } from './types.js';

/**
 * Where an owner begins. A commit without our metadata counts as none, since kafkajs itself commits
 * −2 without metadata when it met an offset out of range (kafka/DEFECTS.md#it-commits-2-by-itself).
 * Offset and metadata come from one answer, so they belong together.
 */
export function decideStart(
  commit: GroupCommit | undefined,
  log: PartitionOffsets,
  isOurMetadata: (metadata: string) => boolean,
): StartPosition {
  const { startOffset, endOffset } = log;
  if (commit === undefined || commit.offset < 0 || !isOurMetadata(commit.metadata)) {
    return { kind: 'beginning', offset: startOffset, reason: 'no_commit', endOffset };
  }
  if (commit.offset < startOffset || commit.offset > endOffset) {
    return { kind: 'beginning', offset: startOffset, reason: 'out_of_range', endOffset };
  }
  return { kind: 'committed', offset: commit.offset, metadata: commit.metadata, endOffset };
}
