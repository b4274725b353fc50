import { existsSync } from 'node:fs';
import { dirname, isAbsolute, join } from 'node:path';
import { packageRoot } from '../../service/package-root.js';
import { Build, environmentOf, mainPath, type ServiceRole } from './build.js';
import { isInContainers } from './containers/is-in-containers.js';
import type { ManagedProcess } from './process/managed-process.js';
import { answersOk } from './process/probes.js';
import type { Supervisor } from './process/supervisor.js';
import type { ServiceProcess, TrackerOptions, TrackerProcess } from './types.js';

/** What the services need of the servers. */
export interface ServerAddresses {
  readonly kafka: {
    readonly brokers: readonly string[];
    readonly settings: Readonly<Record<string, string>>;
  };
  readonly clickhouse: { readonly url: string; readonly database: string };
  readonly graphite: { readonly plaintext: string; readonly render: string };
}

export interface StartedTracker {
  readonly process: TrackerProcess;
  readonly port: number;
  readonly agentPort: number;
}

export type PortalProcess = ServiceProcess & { readonly url: string; readonly token: string };

const host = '127.0.0.1';
/** Bounds of a local stack's trackers. */
const localBounds = {
  // All viewers come from one address.
  sockets_per_address_max: 20_000,
  // Simulated viewers may announce each 0.3 s, whatever the tracker's interval is.
  session_announces_max: 100,
};
/** A service waits for what it needs, which may be away for a minute when faults are tried. */
const readyWithinMs = 150_000;

/**
 * Starts service processes from the compiled tree, each with settings from its environment, a node
 * name of its own, and free ports.
 */
export class Services {
  readonly #supervisor: Supervisor;
  readonly #servers: ServerAddresses;
  readonly #nameSuffix: string;
  readonly #counts = new Map<string, number>();

  readonly #ringSettings: Readonly<Record<string, string>>;
  /** What services are started from, anew and again. */
  build: Build;

  /** `nameSuffix` keeps node names apart where several starters serve one cluster. */
  constructor(
    supervisor: Supervisor,
    servers: ServerAddresses,
    nameSuffix = '',
    ringSettings: Readonly<Record<string, string>> = {},
    build = new Build(),
  ) {
    this.#supervisor = supervisor;
    this.#servers = servers;
    this.#nameSuffix = nameSuffix;
    this.#ringSettings = ringSettings;
    this.build = build;
  }

  async startTracker({
    nodeArguments = [],
    hasDefaultBounds = false,
    settings = {},
  }: TrackerOptions = {}): Promise<StartedTracker> {
    const port = await this.#supervisor.ports.reserve();
    const agentPort = await this.#supervisor.ports.reserve();
    const process = await this.#start(
      'tracker',
      {
        tracker_listen_host: host,
        tracker_listen_port: port,
        tracker_agent_port: agentPort,
        drain_seconds: 1,
        ...this.#ringSettings,
        ...(hasDefaultBounds ? {} : localBounds),
        ...settings,
      },
      nodeArguments,
    );
    return { port, agentPort, process: Object.assign(process, { ws: `ws://${host}:${port}` }) };
  }

  startRollup(
    roles = 'partials,totals',
    settings: Readonly<Record<string, string>> = {},
  ): Promise<ServiceProcess> {
    const [graphiteHost = '', graphitePort = ''] = this.#servers.graphite.plaintext.split(':');
    return this.#start('rollup', {
      rollup_roles: roles,
      graphite_host: graphiteHost,
      graphite_port: graphitePort,
      ...this.#clickHouse(),
      ...this.#ringSettings,
      ...settings,
    });
  }

  startIngest(): Promise<ServiceProcess> {
    return this.#start('ingest', { ...this.#clickHouse(), ...this.#ringSettings });
  }

  async startPortal(
    token: string,
    settings: Readonly<Record<string, string>> = {},
  ): Promise<PortalProcess> {
    const port = await this.#supervisor.ports.reserve();
    const process = await this.#start('portal', {
      portal_listen_host: host,
      portal_listen_port: port,
      portal_token: token,
      graphite_url: this.#servers.graphite.render,
      ...settings,
    });
    return Object.assign(process, { url: `http://${host}:${port}`, token });
  }

  #clickHouse(): Readonly<Record<string, string>> {
    const { url, database } = this.#servers.clickhouse;
    return { clickhouse_url: url, clickhouse_database: database };
  }

  async #start(
    role: ServiceRole,
    settings: Readonly<Record<string, string | number>>,
    nodeArguments: readonly string[] = [],
  ): Promise<ManagedProcess & { readonly admin: string }> {
    const number = (this.#counts.get(role) ?? 0) + 1;
    this.#counts.set(role, number);
    const name = `${role}-${number}${this.#nameSuffix}`;
    const adminPort = await this.#supervisor.ports.reserve();
    const admin = `${host}:${adminPort}`;
    const allSettings = {
      ...this.#servers.kafka.settings,
      ...settings,
      node_name: name,
      kafka_brokers: this.#servers.kafka.brokers.join(','),
      admin_host: host,
      admin_port: adminPort,
    };
    this.#supervisor.say(`starting ${name}`);
    const service = await this.#supervisor.run({
      name,
      command: isInContainers() ? 'node' : process.execPath,
      args: () => ['--enable-source-maps', ...nodeArguments, this.#mainOf(role)],
      container: {
        image: 'backend',
        isShippedAsIs: true,
        mounts: [
          ...foldersOfFiles(Object.values(allSettings)),
          // What Node.js is told beside is a module of the lab, which no image has.
          ...(nodeArguments.length === 0 ? [] : [packageRoot()]),
        ],
      },
      environment: () => environmentOf(this.build.settingsOf(role, allSettings)),
      readyWithinMs,
      isReady: () => answersOk(`http://${admin}/readyz`),
    });
    return Object.assign(service, { admin });
  }

  /** Images have this build alone. */
  #mainOf(role: ServiceRole): string {
    return isInContainers() ? join('/app/dist', mainPath(role)) : this.build.mainOf(role);
  }
}

/** Where the files are that settings name. */
function foldersOfFiles(values: readonly (string | number)[]): readonly string[] {
  const files = values.filter((value) => typeof value === 'string' && isAbsolute(value));
  return [...new Set(files.map((file) => dirname(String(file))))].filter((one) => existsSync(one));
}
