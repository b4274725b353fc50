import type { ToldRefusal } from '../admission/check.js';
import type { TicketTimes } from '../admission/ticket.js';
import type { StreamAudience } from '../policy/stream-audience.js';
import type { Network } from '../swarm/network.js';
import type { CountedViewers } from './counted-viewers.js';
import type { StreamsByName } from './named-swarm.js';
import type { Relay } from './relay.js';
import type { TorrentMetrics } from './torrent-metrics.js';
import type { TorrentSwarms } from './torrent-swarms.js';

/** What all WebTorrent sockets of a tracker share. */
export interface TorrentParts extends StreamsByName {
  readonly torrents: TorrentSwarms;
  readonly relay: Relay;
  readonly viewers: CountedViewers;
  readonly audience: StreamAudience;
  readonly metrics: TorrentMetrics;
  readonly announceIntervalMs: number;
  readonly ticketTimes: TicketTimes;
  readonly now: () => number;
  /** Where an address is in the network, for the choice of its peers. */
  readonly networkOf: (address: string) => Network;
  /** Told of each that may not be where it wants to. */
  readonly onRefused: (refusal: ToldRefusal) => void;
  readonly onInternalError: (error: unknown) => void;
}
