import type { TorrentFailure } from '../../protocol/index.js';
import type { RegisteredStream } from '../../registry/index.js';
import { torrentPolicyOf } from './torrent-policy.js';
import type { SwarmName } from './torrent-swarms.js';

/** What is known of streams and info hashes. */
export interface StreamsByName {
  readonly findStream: (key: string) => RegisteredStream | undefined;
  /** The stream that lists the info hash. */
  readonly findByInfoHash: (infoHash: string) => RegisteredStream | undefined;
  /** True: swarms of no stream are served too. */
  readonly takesStrangers: boolean;
}

/** The swarm that a client means, and its stream: undefined where it belongs to none. */
export interface NamedSwarm {
  readonly ok: true;
  readonly name: SwarmName;
  readonly stream: RegisteredStream | undefined;
}

export interface NoSwarm {
  readonly ok: false;
  readonly failure: Extract<TorrentFailure, 'unknown_stream' | 'unknown_info_hash'>;
  readonly detail: string;
}

/**
 * The stream that the socket's URL names has all info hashes, or those that it lists where it
 * refuses others; without a name it is the one that lists the info hash.
 */
export function namedSwarm(
  asked: string | undefined,
  infoHash: string,
  { findStream, findByInfoHash, takesStrangers }: StreamsByName,
): NamedSwarm | NoSwarm {
  const stream = asked === undefined ? findByInfoHash(infoHash) : findStream(asked);
  if (stream !== undefined) {
    const { refusesUnknown, infoHashes } = torrentPolicyOf(stream);
    return refusesUnknown && !infoHashes.has(infoHash)
      ? { ok: false, failure: 'unknown_info_hash', detail: 'the stream does not have this one' }
      : { ok: true, name: { stream: stream.key, infoHash }, stream };
  }
  if (asked !== undefined) {
    return { ok: false, failure: 'unknown_stream', detail: 'no stream has this key' };
  }
  return takesStrangers
    ? { ok: true, name: { stream: '', infoHash }, stream: undefined }
    : { ok: false, failure: 'unknown_info_hash', detail: 'no stream has this one' };
}
