import { Registry } from 'prom-client';
import { createIngestMetrics } from '../../ingest/metrics.js';
import { createPortalMetrics } from '../../portal-api/metrics.js';
import { createRollupMetrics } from '../../rollup/metrics.js';
import { tellRegistry } from '../../registry/registry-metrics.js';
import { Health } from '../../service/health.js';
import { tellHealth } from '../../service/tell-health.js';
import { TrackerMetrics } from '../../tracker/metrics.js';
import { NeighbourMetrics } from '../../tracker/neighbours/neighbour-metrics.js';
import { NetworkMetrics } from '../../tracker/networks/network-metrics.js';
import { TorrentMetrics } from '../../tracker/webtorrent/torrent-metrics.js';

/** What a tracker registers. */
export function trackerRegistry(): Registry {
  const registry = new Registry();
  tellHealth(registry, new Health());
  tellRegistry(registry, { lastAnswerAtMs: 0, brokenRecords: 0 }, Date.now);
  const none = (): number => 0;
  new TrackerMetrics(registry).watch({
    sockets: none,
    connections: none,
    isDraining: () => false,
    sessions: none,
    swarms: none,
    suitablePeers: none,
    negotiations: none,
    introductions: none,
    introductionsConnected: none,
    networksBuiltAtMs: none,
    queueBytes: none,
    clockDifferenceMs: none,
    certificateExpiresAtMs: none,
    certificateProblem: () => undefined,
  });
  new NetworkMetrics(registry);
  new TorrentMetrics(registry).watch({ members: none, viewers: none });
  const heard = { trackers: 0, swarmsTold: 0, swarmsHeard: 0, peersHeard: 0 };
  new NeighbourMetrics(registry).watch(() => heard);
  return registry;
}

/** The labels of each metric that a service registers, by its name. */
export async function registeredLabels(): Promise<ReadonlyMap<string, readonly string[]>> {
  const registries = [trackerRegistry(), new Registry(), new Registry(), new Registry()] as const;
  const [, rollup, ingest, portal] = registries;
  createRollupMetrics(rollup);
  createIngestMetrics(ingest);
  createPortalMetrics(portal);
  const labels = new Map<string, readonly string[]>();
  for (const registry of registries) {
    for (const { name } of await registry.getMetricsAsJSON()) {
      labels.set(name, labelNamesOf(registry, name));
    }
  }
  return labels;
}

/** prom-client has them, but not in its types. */
export function labelNamesOf(registry: Registry, name: string): readonly string[] {
  const metric = registry.getSingleMetric(name) as { labelNames?: readonly string[] } | undefined;
  return metric?.labelNames ?? [];
}
