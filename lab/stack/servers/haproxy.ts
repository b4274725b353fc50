import { mkdirSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { AppError } from '../../../service/errors.js';
import type { BalanceMode } from '../balance-modes.js';
import type { ManagedProcess } from '../process/managed-process.js';
import { acceptsConnections } from '../process/probes.js';
import type { Supervisor } from '../process/supervisor.js';
import { waitUntil } from '../process/wait-until.js';
import { serverCommand } from './server-command.js';
import { replaceIn, shippedFile } from './templates.js';

export interface Backend {
  readonly name: string;
  readonly port: number;
  /** Of its agent checks, where it has them. */
  readonly agentPort?: number;
}

/** All in 127.0.0.1. */
interface Ports {
  readonly viewers: number;
  readonly tls: number;
  readonly statistics: number;
  readonly metrics: number;
}

/** What a HAProxy has beside trackers that it is told of. */
export interface HaproxyOptions {
  /** PEM file with which it serves `wss` as well. */
  readonly certificate?: string;
  /** Trackers that it finds by itself. */
  readonly byName?: {
    /** `host:port`, all addresses of which are trackers. */
    readonly trackers: string;
    /** `address:port` of the server that knows the name. */
    readonly dns: string;
    /** Of all of them. */
    readonly agentPort: number;
  };
}

export interface BackendStatistics {
  readonly name: string;
  /** `UP`, `DRAIN (agent)`, `DOWN` and so on. */
  readonly status: string;
  readonly sockets: number;
  readonly socketsMax: number;
}

const reloadWithinMs = 15_000;
const signalAgainMs = 1_500;

/** HAProxy in front of the trackers, configured as `deploy/haproxy/haproxy.cfg` ships it. */
export class HaproxyServer {
  readonly ws: string;
  /** Answers where it has a certificate. */
  readonly wss: string;
  /** `host:port` of /metrics. */
  readonly metrics: string;
  readonly process: ManagedProcess;
  readonly #options: HaproxyOptions;
  readonly #configuration: string;
  readonly #ports: Ports;
  #backends: readonly Backend[] = [];
  #reloaded: Promise<void> = Promise.resolve();

  private constructor(
    supervisor: Supervisor,
    name: string,
    command: string,
    ports: Ports,
    balance: BalanceMode,
    options: HaproxyOptions,
  ) {
    this.#options = options;
    const { certificate, byName } = options;
    const folder = join(supervisor.folder, name);
    mkdirSync(folder, { recursive: true });
    this.#ports = ports;
    this.#configuration = join(folder, 'haproxy.cfg');
    this.ws = `ws://127.0.0.1:${ports.viewers}`;
    this.wss = `wss://localhost:${ports.tls}`;
    this.metrics = `127.0.0.1:${ports.metrics}`;
    this.process = supervisor.define({
      name,
      command,
      args: ['-W', '-f', this.#configuration],
      environment: {
        VIBLAST_BALANCE: balance,
        ...(certificate === undefined ? {} : { VIBLAST_CERTIFICATE: certificate }),
        ...(byName === undefined
          ? {}
          : { VIBLAST_TRACKERS: byName.trackers, VIBLAST_DNS: byName.dns }),
      },
      container: {
        image: 'haproxy',
        mounts: [folder, ...(certificate === undefined ? [] : [certificate])],
      },
      prepare: () => this.#write(),
      isReady: () => acceptsConnections(ports.viewers),
    });
  }

  static async start(
    supervisor: Supervisor,
    name = 'haproxy',
    balance: BalanceMode = 'leastconn',
    options: HaproxyOptions = {},
  ): Promise<HaproxyServer> {
    supervisor.say(`starting ${name}`);
    const command = serverCommand('haproxy', 'haproxy_missing');
    const ports = {
      viewers: await supervisor.ports.reserve(),
      tls: await supervisor.ports.reserve(),
      statistics: await supervisor.ports.reserve(),
      metrics: await supervisor.ports.reserve(),
    };
    const server = new HaproxyServer(supervisor, name, command, ports, balance, options);
    await server.process.start();
    return server;
  }

  /**
   * Takes more trackers in and resolves when HAProxy knows how each stands. Open sockets stay: the
   * former worker keeps them until they close.
   */
  add(backends: readonly Backend[]): Promise<void> {
    // One reload after the other: HAProxy's master drops signals that come while it reloads.
    const turn = this.#reloaded.then(() => this.#reloadWith(backends));
    this.#reloaded = turn.catch(() => undefined);
    return turn;
  }

  async #reloadWith(backends: readonly Backend[]): Promise<void> {
    this.#backends = [...this.#backends, ...backends];
    this.#write();
    let signalledAt = 0;
    const outcome = await waitUntil(async () => {
      const lines = await this.statistics();
      const isKnown = backends.every(({ name }) => lines.some((line) => line.name === name));
      if (!isKnown && Date.now() - signalledAt > signalAgainMs) {
        // To the master, which starts a new worker; not through kill(), which expects an end. A
        // master that is just starting, or reloading, may miss one.
        process.kill(this.process.pid, 'SIGUSR2');
        signalledAt = Date.now();
      }
      const isUp = ({ name }: Backend): boolean =>
        lines.some((line) => line.name === name && /^(UP|DRAIN)/.test(line.status));
      const missing = backends.filter((backend) => !isUp(backend));
      return missing.length === 0 ? true : missing.map(({ name }) => name).join(', ');
    }, reloadWithinMs);
    if (outcome.kind === 'ready') return;
    throw new AppError(
      'haproxy_reload_failed',
      `HAProxy does not send viewers to all trackers (${outcome.reason}); log: ${this.process.logFile}`,
    );
  }

  #write(): void {
    const text = haproxyConfiguration(this.#ports, this.#backends, this.#options.byName?.agentPort);
    writeFileSync(this.#configuration, text);
  }

  /** Has it do what its runtime API is told, a command a line; resolves with its answer. */
  tell(commands: readonly string[]): Promise<string> {
    return ask(this.#ports.statistics, `${commands.join('; ')}\n`);
  }

  /** What it says of each tracker, and of the backend as a whole. */
  async statistics(): Promise<readonly BackendStatistics[]> {
    const text = await this.tell(['show stat']);
    const rows = text.split('\n').map((line) => line.split(','));
    const column = (name: string): number => rows[0]?.indexOf(name) ?? -1;
    return rows
      .filter((row) => row[0] === 'trackers')
      .map((row) => ({
        name: row[1] ?? '',
        status: row[column('status')] ?? '',
        sockets: Number(row[column('scur')]),
        socketsMax: Number(row[column('slim')]),
      }));
  }
}

/**
 * The shipped configuration with ports and trackers of its own, and the agents' port of those that
 * it finds by name.
 */
export function haproxyConfiguration(
  ports: Ports,
  backends: readonly Backend[],
  agentPortByName?: number,
): string {
  const line = (suffix: string, role: string, pace = '') => {
    return ({ name, port, agentPort }: Backend): string => {
      const agent = agentPort === undefined ? '' : ` agent-check agent-port ${agentPort}${pace}`;
      return `    server ${name}${suffix} 127.0.0.1:${port} ${role}${agent}`;
    };
  };
  const checked = backends.map(line('', 'check'));
  const anyway = backends.map(line('-anyway', 'backup', ' agent-inter 2s'));
  // A port that begins with the digits of a shipped one is another port.
  let text = shippedFile('haproxy', 'haproxy.cfg');
  text = replaceIn(text, /\b127\.0\.0\.1:2910\b/, `127.0.0.1:${ports.viewers}`);
  text = replaceIn(text, /bind :2913\b/, `bind 127.0.0.1:${ports.tls}`);
  text = replaceIn(text, /\b127\.0\.0\.1:2918\b/, `127.0.0.1:${ports.metrics}`);
  text = replaceIn(text, /\b127\.0\.0\.1:2919\b/, `127.0.0.1:${ports.statistics}`);
  if (agentPortByName !== undefined)
    text = text.replaceAll(/\bagent-port 2921\b/g, `agent-port ${agentPortByName}`);
  const between = /^ {4}# trackers: begin\n[^]*^ {4}# trackers: end$/m;
  return replaceIn(text, between, [...checked, ...anyway].join('\n'));
}

function ask(port: number, question: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1' }, () => socket.write(question));
    let answer = '';
    socket.setTimeout(2_000, () => socket.destroy(new Error('HAProxy does not answer')));
    socket.on('data', (chunk) => (answer += chunk.toString()));
    socket.once('end', () => resolve(answer));
    socket.once('error', reject);
  });
}
