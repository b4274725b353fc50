import { describe, expect, it } from '@jest/globals';
import type { Batch } from 'kafkajs';
import { countBatches, memoryOfAnswer, releaseBatch } from './fetched-memory.js';

const recordBytes = 100;

/** Batches of these counts of records, all in one answer. */
function answerOf(...counts: readonly number[]): { answer: Buffer; batches: readonly Batch[] } {
  const answer = memoryOfAnswer(200_000);
  let at = 0;
  const view = (): Buffer => answer.subarray(at, (at += recordBytes));
  const batches = counts.map((count) => {
    const messages = Array.from({ length: count }, () => ({ key: null, value: view() }));
    return { messages } as unknown as Batch;
  });
  countBatches(batches);
  return { answer, batches };
}

/** True: the next answer of that length would be in the same memory. */
function isReused({ buffer, length }: Buffer): boolean {
  return memoryOfAnswer(length).buffer === buffer;
}

describe('the memory of fetched answers', () => {
  it('is used again once all batches of the answer are released', () => {
    const { answer, batches } = answerOf(3, 1, 2);
    for (const batch of batches) {
      expect(isReused(answer)).toBe(false);
      releaseBatch(batch);
    }
    expect(isReused(answer)).toBe(true);
    expect(isReused(answer)).toBe(false);
  });

  it('stays while one batch is not released, however often the others are', () => {
    const { answer, batches } = answerOf(1, 1);
    const [first] = batches;
    if (first === undefined) throw new Error('no batch');
    releaseBatch(first);
    releaseBatch(first);
    expect(isReused(answer)).toBe(false);
  });

  it('counts a batch in every answer that it has records of', () => {
    const one = answerOf(1);
    const other = answerOf(1);
    const spread = { messages: [one, other].flatMap(({ batches }) => batches[0]?.messages ?? []) };
    countBatches([spread as unknown as Batch]);
    for (const { batches } of [one, other]) batches.forEach(releaseBatch);
    expect([one, other].map(({ answer }) => isReused(answer))).toEqual([false, false]);
    releaseBatch(spread as unknown as Batch);
    expect(new Set([memoryOfAnswer(200_000).buffer, memoryOfAnswer(200_000).buffer])).toEqual(
      new Set([one.answer.buffer, other.answer.buffer]),
    );
  });

  it('leaves alone what has nothing in such memory', () => {
    const batches = [[], [{ key: null, value: null }], [{ key: null, value: Buffer.alloc(9) }]].map(
      (messages) => ({ messages }) as unknown as Batch,
    );
    countBatches(batches);
    expect(() => batches.forEach(releaseBatch)).not.toThrow();
  });
});
