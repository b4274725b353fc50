/**
 * The words with which a `failure reason` of the WebTorrent dialect begins; docs/protocol.md has a
 * table of them.
 */
export const torrentFailures = [
  'bad_json',
  'bad_message',
  'too_many_messages',
  'too_many_swarms',
  'hello_expected',
  'unknown_stream',
  'unknown_info_hash',
  'origin_refused',
  'token_refused',
  'token_expired',
  'no_offer',
  'internal',
] as const;
export type TorrentFailure = (typeof torrentFailures)[number];
