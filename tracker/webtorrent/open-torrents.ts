import type { Registry as MetricsRegistry } from 'prom-client';
import { labelOptions, type Registry } from '../../registry/index.js';
import { torrentSocketLimits, trackerLimits } from '../limits.js';
import type { Neighbours } from '../neighbours/index.js';
import type { Dialect } from '../sockets/conversation.js';
import type { SwarmStore } from '../swarm/swarm-store.js';
import { CountedViewers, type CountedViewersParts } from './counted-viewers.js';
import { torrentDialect } from './dialect.js';
import { InfoHashIndex } from './info-hash-index.js';
import { Relay } from './relay.js';
import { TorrentMetrics } from './torrent-metrics.js';
import type { TorrentParts } from './torrent-parts.js';
import { TorrentSwarms } from './torrent-swarms.js';

type Shared = Pick<
  TorrentParts,
  | 'announceIntervalMs'
  | 'audience'
  | 'findStream'
  | 'networkOf'
  | 'now'
  | 'onInternalError'
  | 'onRefused'
  | 'takesStrangers'
  | 'ticketTimes'
>;

export interface TorrentsOptions
  extends Shared, Omit<CountedViewersParts, 'namesMax' | 'labelsOf'> {
  readonly registry: Pick<Registry, 'streams' | 'onChange'>;
  readonly metricsRegistry: MetricsRegistry;
  readonly swarms: SwarmStore;
  readonly neighbours: Neighbours;
  readonly socketsMax: number;
}

/** The WebTorrent dialect with all that it keeps, by the registry's streams as they change. */
export function openTorrents(options: TorrentsOptions): Dialect {
  const { registry, findStream, swarms, announceIntervalMs, now } = options;
  const index = new InfoHashIndex();
  for (const stream of registry.streams()) index.put(stream);
  registry.onChange((change) => {
    if (change.kind === 'stream') index.put(change.stream);
  });
  const silentMsMax = trackerLimits.silentIntervalsMax * announceIntervalMs;
  const torrents = new TorrentSwarms({ ...torrentSocketLimits, swarms, silentMsMax });
  const relay = new Relay(torrents, options.neighbours, now);
  const namesMax = torrentSocketLimits.viewerNamesPerSocket * options.socketsMax;
  const labelsOf: CountedViewersParts['labelsOf'] = (stream) =>
    labelOptions(findStream(stream)?.options ?? {});
  const viewers = new CountedViewers({ ...options, labelsOf, namesMax });
  const metrics = new TorrentMetrics(options.metricsRegistry);
  metrics.watch({
    members: () => {
      torrents.expire(now());
      return torrents.memberCount;
    },
    viewers: () => viewers.count,
  });
  const { audience, networkOf, takesStrangers, ticketTimes } = options;
  const { onRefused, onInternalError } = options;
  return torrentDialect({
    findStream,
    findByInfoHash: (infoHash) => {
      const stream = index.find(infoHash);
      return stream && findStream(stream.key);
    },
    takesStrangers,
    torrents,
    relay,
    viewers,
    audience,
    metrics,
    announceIntervalMs,
    ticketTimes,
    now,
    networkOf,
    onRefused,
    onInternalError,
  });
}
