import { trackerLimits } from '../limits.js';
import type { Dialect } from '../sockets/conversation.js';
import { TorrentConversation } from './torrent-conversation.js';
import type { TorrentParts } from './torrent-parts.js';

/** What BitTorrent clients speak over WebSockets, players on WebRTC too: docs/protocol.md. */
export function torrentDialect(parts: TorrentParts): Dialect {
  return {
    subprotocol: '',
    greetingDeadlines: trackerLimits.torrentGreetingDeadlines,
    begin: (link, request) => new TorrentConversation(parts, link, request),
  };
}
