import { createRequire } from 'node:module';
import type { Batch, KafkaMessage } from 'kafkajs';
import { ReusedMemory } from '../service/reused-memory.js';

/**
 * The memory of answers to fetches. A batch's keys and values are views of the answer that it came
 * in, and so are those of the other batches there: an answer's memory is used again once all of
 * them have been released.
 */

/** Of answers to come. An answer of a backlog takes 10 MB. */
const freeBytesMax = 67_108_864;
const memory = new ReusedMemory(freeBytesMax);

/** A batch's answers, mostly one. */
const answersOf = new WeakMap<Batch, readonly ArrayBufferLike[]>();
/** Of each answer: its batches that aren't released. */
const unreleased = new WeakMap<ArrayBufferLike, number>();

/** Where an answer of so many bytes is put. */
export function memoryOfAnswer(length: number): Buffer {
  return memory.take(length);
}

/** Nothing refers to the batch's keys and values any more. */
export function releaseBatch(batch: Batch): void {
  const answers = answersOf.get(batch) ?? [];
  answersOf.delete(batch);
  for (const answer of answers) {
    const left = (unreleased.get(answer) ?? 0) - 1;
    if (left > 0) unreleased.set(answer, left);
    else {
      unreleased.delete(answer);
      memory.giveBack(answer);
    }
  }
}

function viewedBy(messages: readonly KafkaMessage[]): ReadonlySet<ArrayBufferLike> {
  const answers = new Set<ArrayBufferLike>();
  let last: ArrayBufferLike | undefined;
  for (const { key, value } of messages) {
    for (const view of [key, value]) {
      if (view === null || view.buffer === last) continue;
      last = view.buffer;
      answers.add(last);
    }
  }
  return answers;
}

/** Of all batches that were fetched at once, before any of them is read. */
export function countBatches(batches: readonly Batch[]): void {
  for (const batch of batches) {
    const answers = [...viewedBy(batch.messages)];
    answersOf.set(batch, answers);
    for (const answer of answers) unreleased.set(answer, (unreleased.get(answer) ?? 0) + 1);
  }
}

/** As far as it is known here: kafkajs has no types for its inside. */
interface ConsumerGroup {
  fetch: (this: ConsumerGroup, nodeId: string) => Promise<Batch[]>;
}

const require = createRequire(import.meta.url);
const { prototype } = require('kafkajs/src/consumer/consumerGroup') as {
  readonly prototype: ConsumerGroup;
};

/**
 * Lets every consumer count what it fetches: nobody else knows what came in one answer. To be
 * called once, after whatever else changes how it fetches.
 */
export function countFetchedBatches(): void {
  const { fetch } = prototype;
  prototype.fetch = async function counted(nodeId) {
    const batches = await fetch.call(this, nodeId);
    countBatches(batches);
    return batches;
  };
}
