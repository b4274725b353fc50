import type { FastifyInstance } from 'fastify';
import { noAccounts, type Accounts } from '../../accounts/index.js';
import type { SeenMember } from '../../registry/index.js';
import type { Render, RenderRequest, Series } from '../../graphite/index.js';
import { silentLogger } from '../../service/testing/silent-logger.js';
import { MetricsReader } from '../metrics/metrics-reader.js';
import { buildServer, type PortalServerOptions } from '../server.js';
import { memoryCatalog, type MemoryCatalog } from './memory-catalog.js';

export const token = 'a-token-for-tests-only';
export const bearer = { authorization: `Bearer ${token}` };
export const minuteMs = 60_000;
/** Ten seconds into a minute. */
export const nowMs = 1_760_000_040_000 + 10_000;

export interface TestPortal {
  readonly app: FastifyInstance;
  readonly catalog: MemoryCatalog;
  readonly requests: RenderRequest[];
  members: readonly SeenMember[];
  accounts: Accounts;
  render: Render;
  /** Names of series that Graphite can't read. */
  unreadable: readonly string[];
  nowMs: number;
}

/** SeriesPoints by the minute's start for a metric's name. */
export function series(name: string, points: Readonly<Record<number, number>>): Series {
  const entries = Object.entries(points).map(([time, value]) => [Number(time), value] as const);
  return { name, points: new Map(entries) };
}

/** The portal's server with a catalog in memory and a Graphite that answers what the test says. */
export async function testPortal(options: Partial<PortalServerOptions> = {}): Promise<TestPortal> {
  const requests: RenderRequest[] = [];
  const now = (): number => portal.nowMs;
  const catalog = memoryCatalog(now);
  const metrics = new MetricsReader({
    render: async (request) => {
      requests.push(request);
      return { series: await portal.render(request), unreadable: portal.unreadable };
    },
    prefix: 'viblast',
    intervalMs: minuteMs,
    now,
  });
  const state: Omit<TestPortal, 'app'> = {
    catalog,
    requests,
    members: [],
    accounts: noAccounts,
    nowMs,
    render: () => Promise.resolve([]),
    unreadable: [],
  };
  const portal: TestPortal = Object.assign(state, {
    app: await buildServer({
      catalog,
      metrics,
      token,
      accounts: () => portal.accounts,
      now,
      logger: silentLogger,
      members: () => portal.members,
      registryBehind: () => Promise.resolve(0),
      sessionMs: 3_600_000,
      requestsPerMinute: 1_000,
      publicUrl: '',
      trackerUrl: '',
      quotas: { streamsMax: 1_000, groupStreamsMax: 1_000 },
      trustedProxies: [],
      webFolder: '/nonexistent',
      version: '0.0.0',
      ...options,
    }),
  });
  return portal;
}
