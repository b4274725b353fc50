import type { FastifyInstance } from 'fastify';
import {
  accountChanges,
  noAccounts,
  type AccountChange,
  type Accounts,
} from '../../accounts/index.js';
import type { SeenMember } from '../../registry/index.js';
import type {
  Column,
  ReadableColumns,
  Render,
  RenderRequest,
  Series,
} from '../../graphite/index.js';
import { silentLogger } from '../../service/testing/silent-logger.js';
import { ClosedReader } from '../metrics/closed-minutes.js';
import { LiveFigures } from '../metrics/live-figures.js';
import { MetricsReader } from '../metrics/metrics-reader.js';
import { buildServer, type PortalServerOptions } from '../server.js';
import { memoryCatalog, type MemoryCatalog } from './memory-catalog.js';

export const token = 'a-token-for-tests-only';
export const bearer = { authorization: `Bearer ${token}` };
export const minuteMs = 60_000;
/** Ten seconds into a minute. */
export const nowMs = 1_760_000_040_000 + 10_000;

/**
 * The current minute's start, which isn't closed yet; the latest minute with figures is the one
 * before.
 */
export const minuteNow = nowMs - 10_000;
export const ago = (minutes: number): number => minuteNow - minutes * minuteMs;

/** As in these: of `rollup-partials`. */
export const partialPartitions = 4;

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

/** The series as Graphite has it in the minutes of a range. */
function columnOf({ name, points }: Series, { fromMs, untilMs }: RenderRequest): Column {
  const values = new Float64Array((untilMs - fromMs) / minuteMs).fill(NaN);
  for (const [timeMs, value] of points) {
    const index = (timeMs - fromMs) / minuteMs;
    if (index >= 0 && index < values.length) values[index] = value;
  }
  return { name, fromMs, stepMs: minuteMs, values };
}

/** Those that are open, so that a test leaves none behind. */
const opened: FastifyInstance[] = [];

/** Closes all that `testPortal` made, and with them what they tell live. */
export async function closePortals(): Promise<void> {
  await Promise.all(opened.splice(0).map((app) => app.close()));
}

/**
 * The portal's server with a catalog in memory and a Graphite that answers what the test says, or
 * `graphite`.
 */
export async function testPortal(
  options: Partial<PortalServerOptions> = {},
  graphite?: ReadableColumns,
): Promise<TestPortal> {
  const requests: RenderRequest[] = [];
  const now = (): number => portal.nowMs;
  const catalog = memoryCatalog(now);
  const naming = { prefix: 'viblast', intervalMs: minuteMs, partialPartitions };
  const said: ReadableColumns = async (request) => {
    requests.push(request);
    const series = await portal.render(request);
    return {
      series: series.map((one) => columnOf(one, request)),
      unreadable: portal.unreadable,
    };
  };
  const columns = graphite ?? said;
  const closed = new ClosedReader({ ...naming, columns, now });
  const reading = { ...naming, columns, closed, now };
  const state: Omit<TestPortal, 'app'> = {
    catalog,
    requests,
    members: [],
    accounts: noAccounts,
    nowMs,
    render: () => Promise.resolve([]),
    unreadable: [],
  };
  const history: AccountChange[] = [];
  const portal: TestPortal = Object.assign(state, {
    app: await buildServer({
      catalog,
      metrics: new MetricsReader(reading),
      live: new LiveFigures({ ...reading, catalog }),
      logs: () => Promise.resolve([]),
      token,
      accounts: () => portal.accounts,
      changeAccounts: async (actor, change) => {
        const before = portal.accounts;
        portal.accounts = await change(before);
        history.push(...accountChanges(before, portal.accounts, { actor, atMs: portal.nowMs }));
      },
      accountHistory: () => Promise.resolve(history),
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
  opened.push(portal.app);
  return portal;
}
