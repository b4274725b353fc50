import type { RegisteredStream } from '../../registry/index.js';
import { torrentPolicyOf } from './torrent-policy.js';

/** The streams that list an info hash, kept as the registry changes. */
export class InfoHashIndex {
  /** In the order in which they came to list it. */
  readonly #streams = new Map<string, Map<string, RegisteredStream>>();
  readonly #listed = new Map<string, readonly string[]>();

  /** Takes a stream as it is now. */
  put(stream: RegisteredStream): void {
    for (const infoHash of this.#listed.get(stream.key) ?? []) this.#remove(infoHash, stream.key);
    const infoHashes = stream.isArchived ? [] : [...torrentPolicyOf(stream).infoHashes.keys()];
    if (infoHashes.length > 0) this.#listed.set(stream.key, infoHashes);
    else this.#listed.delete(stream.key);
    for (const infoHash of infoHashes) {
      const streams = this.#streams.get(infoHash) ?? new Map<string, RegisteredStream>();
      this.#streams.set(infoHash, streams.set(stream.key, stream));
    }
  }

  /** Of several streams, the one that has listed it for the longest. */
  find(infoHash: string): RegisteredStream | undefined {
    const [first] = this.#streams.get(infoHash)?.values() ?? [];
    return first;
  }

  #remove(infoHash: string, key: string): void {
    const streams = this.#streams.get(infoHash);
    streams?.delete(key);
    if (streams?.size === 0) this.#streams.delete(infoHash);
  }
}
