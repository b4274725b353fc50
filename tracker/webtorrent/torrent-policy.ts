import type { RegisteredStream } from '../../registry/index.js';

/** What a stream says of WebTorrent swarms. */
export interface TorrentPolicy {
  /** Info hashes that it lists, with the quality that each stands for; empty where none is told. */
  readonly infoHashes: ReadonlyMap<string, string>;
  /** True: no other info hashes are taken. */
  readonly refusesUnknown: boolean;
}

/** The policy of a stream, by the options that the registry holds. */
export function torrentPolicyOf(_stream: RegisteredStream): TorrentPolicy {
  return { infoHashes: new Map(), refusesUnknown: false };
}
