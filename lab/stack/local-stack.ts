import { join } from 'node:path';
import type { Build } from './build.js';
import { compiledTree } from './process/compiled-tree.js';
import type { ManagedProcess } from './process/managed-process.js';
import type { Supervisor } from './process/supervisor.js';
import { HaproxyServer, type Backend } from './servers/haproxy.js';
import type { Servers } from './servers/index.js';
import { startPrometheus } from './servers/prometheus.js';
import type { PortalProcess, Services } from './services.js';
import type {
  Prometheus,
  ServiceProcess,
  Stack,
  StackAddresses,
  StackProcess,
  TrackerOptions,
  TrackerProcess,
} from './types.js';

const serviceStopDeadlineMs = 20_000;
/** Servers whose data goes away with the stack needn't take their time. */
const throwawayStopDeadlineMs = 2_000;

/** The running stack: see the interface for what it promises. */
export class LocalStack implements Stack {
  readonly folder: string;
  readonly kafka: Stack['kafka'];
  readonly clickhouse: Stack['clickhouse'];
  readonly graphite: Stack['graphite'];
  readonly trackers: TrackerProcess[] = [];
  readonly rollups: ServiceProcess[] = [];
  readonly ingests: ServiceProcess[] = [];
  readonly #supervisor: Supervisor;
  readonly #servers: Servers;
  readonly #services: Services;
  readonly #streams: readonly string[];
  readonly #viewers: ManagedProcess[] = [];
  readonly #haproxies: HaproxyServer[];
  readonly #backends: Backend[] = [];
  #portal: PortalProcess | undefined;
  #stopped: Promise<void> | undefined;

  constructor(
    supervisor: Supervisor,
    servers: Servers,
    services: Services,
    streams: readonly string[],
  ) {
    this.#supervisor = supervisor;
    this.#servers = servers;
    this.#services = services;
    this.#streams = streams;
    this.#haproxies = [servers.haproxy];
    this.folder = supervisor.folder;
    this.kafka = servers.kafka;
    this.clickhouse = servers.clickhouse;
    this.graphite = servers.graphite;
  }

  get haproxy(): Stack['haproxy'] {
    return this.#servers.haproxy;
  }

  get portal(): PortalProcess | undefined {
    return this.#portal;
  }

  useBuild(build: Build): void {
    this.#services.build = build;
  }

  async addPortal(token: string): Promise<PortalProcess> {
    this.#portal = await this.#services.startPortal(token, {
      portal_users_file: join(this.folder, 'users.json'),
      // Everybody who asks here has one address.
      portal_requests_per_minute: 1_000_000,
    });
    return this.#portal;
  }

  async addTracker(options?: TrackerOptions): Promise<TrackerProcess> {
    const [tracker] = await this.addTrackers(1, options);
    if (tracker === undefined) throw new Error('no tracker was started');
    return tracker;
  }

  async addTrackers(count: number, options?: TrackerOptions): Promise<readonly TrackerProcess[]> {
    if (count === 0) return [];
    const started = await Promise.all(times(count, () => this.#services.startTracker(options)));
    const backends = started.map(({ process, ...ports }) => ({ name: process.name, ...ports }));
    this.#backends.push(...backends);
    await Promise.all(this.#haproxies.map((haproxy) => haproxy.add(backends)));
    const trackers = started.map(({ process }) => process);
    this.trackers.push(...trackers);
    return trackers;
  }

  async addHaproxy(): Promise<HaproxyServer> {
    const name = `haproxy-${this.#haproxies.length + 1}`;
    const haproxy = await HaproxyServer.start(this.#supervisor, name);
    this.#haproxies.push(haproxy);
    await haproxy.add(this.#backends);
    return haproxy;
  }

  async addRollup(
    roles?: string,
    settings?: Readonly<Record<string, string>>,
  ): Promise<ServiceProcess> {
    const rollup = await this.#services.startRollup(roles, settings);
    this.rollups.push(rollup);
    return rollup;
  }

  async addIngest(): Promise<ServiceProcess> {
    const ingest = await this.#services.startIngest();
    this.ingests.push(ingest);
    return ingest;
  }

  addPrometheus(): Promise<Prometheus> {
    const admins = (services: readonly ServiceProcess[]): readonly string[] =>
      services.map(({ admin }) => admin);
    return startPrometheus(this.#supervisor, {
      'viblast-tracker': admins(this.trackers),
      'viblast-rollup': admins(this.rollups),
      'viblast-ingest': admins(this.ingests),
      'viblast-portal': admins(this.#portal === undefined ? [] : [this.#portal]),
      haproxy: this.#haproxies.map(({ metrics }) => metrics),
    });
  }

  async addViewers(viewers: number): Promise<StackProcess> {
    const name = `viewers-${this.#viewers.length + 1}`;
    const started = await this.#supervisor.run({
      name,
      command: process.execPath,
      args: [
        join(compiledTree(), 'lab', 'viewers', 'main.js'),
        '--ws',
        this.haproxy.ws,
        '--viewers',
        String(viewers),
        '--streams',
        this.#streams.join(','),
        '--ledger',
        join(this.folder, `${name}-${Date.now()}.ledger`),
      ],
      isReady: () => Promise.resolve(true),
    });
    this.#viewers.push(started);
    return started;
  }

  addresses(): StackAddresses {
    const portal = this.#portal;
    return {
      haproxy: { ws: this.haproxy.ws, metrics: this.haproxy.metrics },
      trackers: this.trackers.map(({ ws, admin, pid }) => ({ ws, admin, pid })),
      rollups: this.rollups.map(({ admin, pid }) => ({ admin, pid })),
      ingests: this.ingests.map(({ admin, pid }) => ({ admin, pid })),
      kafka: { brokers: this.kafka.brokers, settings: this.kafka.settings },
      clickhouse: { url: this.clickhouse.url, database: this.clickhouse.database },
      graphite: { plaintext: this.graphite.plaintext, render: this.graphite.render },
      ...(portal === undefined
        ? {}
        : { portal: { url: portal.url, token: portal.token, admin: portal.admin } }),
    };
  }

  keepLogs(): void {
    this.#supervisor.keepLogs();
  }

  stop(): Promise<void> {
    this.#stopped ??= this.#stop();
    return this.#stopped;
  }

  async #stop(): Promise<void> {
    await Promise.all(this.#viewers.map((viewers) => viewers.stop(serviceStopDeadlineMs)));
    const portal = this.#portal === undefined ? [] : [this.#portal];
    const services = [...this.trackers, ...this.rollups, ...this.ingests, ...portal];
    await Promise.all(services.map((service) => service.stop(serviceStopDeadlineMs)));
    const { graphite, clickhouse, kafka } = this.#servers;
    const haproxies = this.#haproxies.map(({ process }) => process);
    const servers = [...haproxies, graphite.web, graphite.carbon, clickhouse.process];
    const deadlineMs = this.#supervisor.isTemporary ? throwawayStopDeadlineMs : undefined;
    await Promise.all([...servers, ...kafka.processes].map((server) => server.stop(deadlineMs)));
    await this.#supervisor.close();
  }
}

function times<Result>(count: number, make: () => Result): Result[] {
  return Array.from({ length: count }, make);
}
