import { createServer } from 'node:http';
import type { AddressInfo, Server } from 'node:net';
import { collectDefaultMetrics, Registry } from 'prom-client';
import { mayChange, mayRead } from './admin-access.js';
import type { Health } from './health.js';

/**
 * How often the event loop's delay is measured: each time wakes the process up, by default a
 * hundred times a second. Node counts the interval in.
 */
const eventLoopMonitoringPrecision = 250;

/** A registry of metrics of this process, with Node's own. */
export function createMetrics(service: string, node: string): Registry {
  const registry = new Registry();
  registry.setDefaultLabels({ service, node });
  collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision });
  return registry;
}

export interface AdminServer {
  /** `host:port` as bound. */
  readonly address: string;
  close(): Promise<void>;
}

/** What an orchestrator asks, which has no token. */
const publicPaths: ReadonlySet<string> = new Set(['/healthz', '/readyz']);

/** What a service's own path answers to a method, as JSON. It doesn't wait for anything. */
export type AdminRoute = (method: string) => {
  readonly status: number;
  readonly body: Readonly<Record<string, string | number>>;
};

/**
 * Serves /healthz (the process runs), /readyz (it can do its job: 200, or 503 and the reasons) and
 * /metrics (Prometheus' text format), and `routes` by their paths, which may be added to. What
 * changes something is for who is on this host or has the `token`, and for no page in a browser
 * there. With a `token` others learn whether the process runs and is ready, and the rest with it
 * alone. Rejects when the port can't be bound.
 */
export async function startAdminServer(
  host: string,
  port: number,
  metrics: Registry,
  health: Health,
  routes: ReadonlyMap<string, AdminRoute> = new Map(),
  token = '',
): Promise<AdminServer> {
  const server = createServer((request, response) => {
    const path = (request.url ?? '').split('?')[0] ?? '';
    const route = routes.get(path);
    if (request.method !== 'GET' && route !== undefined && !mayChange(request, token)) {
      response.writeHead(403).end();
    } else if (!publicPaths.has(path) && !mayRead(request, token)) {
      response.writeHead(401, { 'www-authenticate': 'Bearer' }).end();
    } else if (route !== undefined) {
      const { status, body } = route(request.method ?? '');
      response
        .writeHead(status, { 'content-type': 'application/json' })
        .end(`${JSON.stringify(body)}\n`);
    } else if (request.method !== 'GET') {
      response.writeHead(405).end();
    } else if (path === '/healthz') {
      response.writeHead(200, { 'content-type': 'application/json' }).end('{"status":"ok"}\n');
    } else if (path === '/readyz') {
      const reasons = health.reasons();
      const isReady = Object.keys(reasons).length === 0;
      response
        .writeHead(isReady ? 200 : 503, { 'content-type': 'application/json' })
        .end(
          `${JSON.stringify(mayRead(request, token) ? { ready: isReady, reasons } : { ready: isReady })}\n`,
        );
    } else if (path === '/metrics') {
      metrics.metrics().then(
        (text) => response.writeHead(200, { 'content-type': metrics.contentType }).end(text),
        (error: unknown) => response.writeHead(500).end(String(error)),
      );
    } else {
      response.writeHead(404).end();
    }
  });
  server.requestTimeout = 5_000;
  await listen(server, host, port);
  return {
    address: boundAddress(server),
    close: async () => {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

/**
 * Connections that wait to be accepted; the system takes `net.core.somaxconn` of them at most. Node
 * has 511, which a crowd that comes back at once fills in a second.
 */
const backlog = 4_096;

/** Resolves when the server listens; rejects with the system's error (EADDRINUSE …). */
export async function listen(server: Server, host: string, port: number): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ port, host, backlog }, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

/** `host:port` of a listening TCP server. */
export function boundAddress(server: Server): string {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('not listening on TCP');
  const { address: host, port, family }: AddressInfo = address;
  return family === 'IPv6' ? `[${host}]:${port}` : `${host}:${port}`;
}
