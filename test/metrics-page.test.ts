import { describe, expect, it } from '@jest/globals';
import { Registry } from 'prom-client';
import { TrackerMetrics } from '../tracker/metrics.js';
import { NeighbourMetrics } from '../tracker/neighbours/neighbour-metrics.js';
import { TorrentMetrics } from '../tracker/webtorrent/torrent-metrics.js';
import { publishedPage } from './testing/generated-page.js';
import { metricsPage } from './testing/metrics-page.js';

describe('docs/metrics.md', () => {
  // UPDATE_METRICS_DOC=1 writes it anew after a change of a metric.
  it('is what the code registers', async () => {
    const registry = new Registry();
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
    new TorrentMetrics(registry).watch({ members: none, viewers: none });
    const heard = { trackers: 0, swarmsTold: 0, swarmsHeard: 0, peersHeard: 0 };
    new NeighbourMetrics(registry).watch(() => heard);
    const page = await metricsPage(registry);
    expect(publishedPage('metrics.md', page, 'UPDATE_METRICS_DOC')).toBe(page);
  });
});
