/**
 * Kafka's own hash (murmur2, seed 0x9747b28c) and what is placed by it: docs/topics.md#placement.
 */

const seed = 0x9747b28c;
const multiplier = 0x5bd1e995;
const separator = Buffer.from([0]);

/** The signed 32-bit murmur2 of Kafka's `org.apache.kafka.common.utils.Utils.murmur2`. */
export function murmur2(bytes: Uint8Array): number {
  const length = bytes.length;
  let hash = seed ^ length;
  const wholeLength = length - (length % 4);
  for (let at = 0; at < wholeLength; at += 4) {
    let word =
      byteAt(bytes, at) |
      (byteAt(bytes, at + 1) << 8) |
      (byteAt(bytes, at + 2) << 16) |
      (byteAt(bytes, at + 3) << 24);
    word = Math.imul(word, multiplier);
    word ^= word >>> 24;
    word = Math.imul(word, multiplier);
    hash = Math.imul(hash, multiplier) ^ word;
  }
  const rest = length - wholeLength;
  if (rest >= 3) hash ^= byteAt(bytes, wholeLength + 2) << 16;
  if (rest >= 2) hash ^= byteAt(bytes, wholeLength + 1) << 8;
  if (rest >= 1) hash = Math.imul(hash ^ byteAt(bytes, wholeLength), multiplier);
  hash ^= hash >>> 13;
  hash = Math.imul(hash, multiplier);
  return hash ^ (hash >>> 15);
}

/**
 * The partition of `announces` for a stream's session (its 16 bytes): murmur2 of stream, NUL and
 * session. A session's announces always meet in one partition, and one stream's sessions spread
 * over all.
 */
export function partitionOf(stream: string, session: Uint8Array, partitions: number): number {
  return placed(Buffer.concat([Buffer.from(stream, 'utf8'), separator, session]), partitions);
}

/** The partition of `rollup-partials` for a stream. */
export function partitionOfStream(stream: string, partitions: number): number {
  return placed(Buffer.from(stream, 'utf8'), partitions);
}

/** The partition of `signals` that a tracker's instance reads. */
export function partitionOfInstance(instance: string, partitions: number): number {
  return placed(Buffer.from(instance, 'utf8'), partitions);
}

function placed(bytes: Uint8Array, partitions: number): number {
  if (!Number.isInteger(partitions) || partitions < 1) {
    throw new RangeError(`partitions must be a whole number above 0, not ${partitions}`);
  }
  return (murmur2(bytes) & 0x7fffffff) % partitions;
}

function byteAt(bytes: Uint8Array, at: number): number {
  return bytes[at] ?? 0;
}
