import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { packageRoot } from '../../../service/package-root.js';

export interface Ended {
  readonly code: number | null;
  /** All of stderr, without the line end. */
  readonly errors: string;
}

export const services = ['tracker', 'rollup', 'ingest', 'portal-api'] as const;
export type Service = (typeof services)[number];

export interface Needed {
  readonly brokers: readonly string[];
  readonly clickhouse: string;
  /** `host:port` of carbon. */
  readonly graphite: string;
  readonly render: string;
}

/** Settings with which each service would start on the given servers, on free ports. */
export function goodSettings(service: Service, needed: Needed): Record<string, string> {
  const [graphiteHost = '', graphitePort = ''] = needed.graphite.split(':');
  const common = {
    VIBLAST_NODE_NAME: `wrong-${service}-${process.pid}`,
    VIBLAST_KAFKA_BROKERS: needed.brokers.join(','),
    VIBLAST_ADMIN_PORT: '0',
  };
  const clickhouse = { VIBLAST_CLICKHOUSE_URL: needed.clickhouse };
  switch (service) {
    case 'tracker':
      return { ...common, VIBLAST_TRACKER_LISTEN_PORT: '0' };
    case 'rollup':
      return {
        ...common,
        ...clickhouse,
        VIBLAST_GRAPHITE_HOST: graphiteHost,
        VIBLAST_GRAPHITE_PORT: graphitePort,
      };
    case 'ingest':
      return { ...common, ...clickhouse };
    case 'portal-api':
      return {
        ...common,
        VIBLAST_PORTAL_LISTEN_PORT: '0',
        VIBLAST_PORTAL_TOKEN: 'a-token-for-this-test',
        VIBLAST_GRAPHITE_URL: needed.render,
      };
  }
}

export interface StartedService {
  readonly child: ChildProcess;
  readonly log: () => string;
  readonly ended: Promise<Ended>;
}

/** Starts a service's compiled main as an operator would; unless told, this build's. */
export function startService(
  service: Service,
  environment: Readonly<Record<string, string>>,
  args: readonly string[] = [],
  main = join(packageRoot(), 'dist', service, 'main.js'),
): StartedService {
  const child = spawn(process.execPath, [main, ...args], {
    env: { PATH: process.env['PATH'], ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let errors = '';
  let log = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text));
  child.stdout.setEncoding('utf8').on('data', (text: string) => (log += text));
  const ended = new Promise<Ended>((resolve) => {
    child.once('close', (code) => resolve({ code, errors: errors.trim() }));
  });
  return { child, log: () => log, ended };
}
