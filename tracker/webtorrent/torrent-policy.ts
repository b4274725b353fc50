import {
  webTorrentOptions,
  type RegisteredStream,
  type StreamOptions,
} from '../../registry/index.js';

/** What a stream says of WebTorrent swarms. */
export interface TorrentPolicy {
  /** Info hashes that it lists, with the quality that each stands for; empty where none is told. */
  readonly infoHashes: ReadonlyMap<string, string>;
  /** True: no other info hashes are taken. */
  readonly refusesUnknown: boolean;
}

/** By the registry's options, which are other ones after each change. */
const policies = new WeakMap<StreamOptions, TorrentPolicy>();

/** The policy of a stream, its info hashes as clients tell them. */
export function torrentPolicyOf({ options }: RegisteredStream): TorrentPolicy {
  let policy = policies.get(options);
  if (policy === undefined) {
    const { infoHashes, refuseUnknownInfoHashes } = webTorrentOptions(options);
    const listed = Array.from(infoHashes, ([infoHash, quality]) => {
      return [Buffer.from(infoHash, 'hex').toString('latin1'), quality] as const;
    });
    policy = { infoHashes: new Map(listed), refusesUnknown: refuseUnknownInfoHashes };
    policies.set(options, policy);
  }
  return policy;
}
