import type { LogRecord } from './types.js';

/** What to do with a fetched batch, seen from the offset that the reader needs next. */
export type BatchDecision =
  /** `records` begin at the expected offset and have no gap. */
  | { readonly kind: 'take'; readonly records: readonly LogRecord[]; readonly nextOffset: number }
  /** All of it was read before: fetch again from the expected offset. */
  | { readonly kind: 'behind' }
  /** An offset is missing, so the reader must begin again from its commit. */
  | { readonly kind: 'gap'; readonly expectedOffset: number; readonly foundOffset: number };

/**
 * Lets a batch through only if it goes on exactly at `expectedOffset`. kafkajs may jump forward: a
 * batch of an earlier generation that is still being handled moves the fetch position of the new
 * one (kafka/DEFECTS.md#the-fetch-position-jumps-forward). Records below the expected offset were
 * read before and are cut off: the broker answers in whole record batches, which may begin earlier
 * than asked.
 */
export function decideBatch(expectedOffset: number, batch: readonly LogRecord[]): BatchDecision {
  const first = batch.findIndex((record) => record.offset >= expectedOffset);
  if (first < 0) return { kind: 'behind' };
  const records = first === 0 ? batch : batch.slice(first);
  let nextOffset = expectedOffset;
  for (const record of records) {
    if (record.offset !== nextOffset) {
      return { kind: 'gap', expectedOffset: nextOffset, foundOffset: record.offset };
    }
    nextOffset += 1;
  }
  return { kind: 'take', records, nextOffset };
}
