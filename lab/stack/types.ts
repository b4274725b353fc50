import type { BalanceMode } from './balance-modes.js';
import type { Build } from './build.js';

/** What a running local stack tells: addresses, pids, and how to end or disturb its parts. */

/** A server or service process of the stack. `pid` changes when it is restarted. */
export interface StackProcess {
  readonly name: string;
  readonly pid: number;
  /** The file that has all that the process printed. */
  readonly logFile: string;
  /** Sends the signal to exactly this process; does not wait. */
  kill(signal: NodeJS.Signals): void;
  /** SIGTERM, SIGKILL after `deadlineMs` (20 000 unless told), resolves when it is gone. */
  stop(deadlineMs?: number): Promise<void>;
  /** Starts it again on the same ports with the same data; resolves when ready. */
  start(): Promise<void>;
  /** Resolves with the exit code (or 128 + signal number) when the process ends. */
  readonly exited: Promise<number>;
}

export interface ServiceProcess extends StackProcess {
  /** `host:port` of the admin HTTP server (/healthz, /readyz, /metrics). */
  readonly admin: string;
}

export interface TrackerProcess extends ServiceProcess {
  /** `ws://host:port` of the tracker itself, past HAProxy. */
  readonly ws: string;
}

export interface TrackerOptions {
  /** Given to Node before the program, such as `--import` of a module. */
  readonly nodeArguments?: readonly string[];
  /**
   * True: with the bounds that a tracker has by itself, not those of a local stack, whose viewers
   * all come from one address and announce as often as a test likes.
   */
  readonly hasDefaultBounds?: boolean;
  /** Settings by their names, instead of what a local stack's trackers have. */
  readonly settings?: Readonly<Record<string, string | number>>;
}

export interface HaproxyProcess {
  readonly ws: string;
  /** `host:port` of /metrics. */
  readonly metrics: string;
  readonly process: StackProcess;
  /** Has it do what its runtime API is told; resolves with its answer. */
  tell(commands: readonly string[]): Promise<string>;
}

export interface Prometheus {
  /** True: an expression has a result now. */
  holds(expression: string): Promise<boolean>;
  /** Names of the alerts that fire now. */
  firing(): Promise<readonly string[]>;
}

export interface StackOptions {
  /** 1 or 3. Default 1. */
  readonly brokers?: 1 | 3;
  /** True: the services come in to Kafka with TLS and a password (SCRAM). */
  readonly secure?: boolean;
  /** How HAProxy spreads viewers over trackers. Default: leastconn. */
  readonly balance?: BalanceMode;
  readonly trackers?: number;
  readonly rollups?: number;
  readonly ingests?: number;
  readonly portal?: boolean;
  /** Cluster settings for `vba-admin setup`. Defaults: 8 partitions, 4, 60 s, 180, 60, 60. */
  readonly partitions?: number;
  readonly partialPartitions?: number;
  readonly intervalSeconds?: number;
  readonly lateSeconds?: number;
  readonly graceSeconds?: number;
  readonly takeoverSeconds?: number;
  /** How nodes come to be in their ring. Default: automatic. */
  readonly membership?: 'automatic' | 'staged';
  /** What sets the cluster up, and the services are started from. Default: this program's own. */
  readonly build?: Build;
  /** Streams that are registered when they aren't yet. Default: `defaultStreams`. */
  readonly streams?: readonly string[];
  /** A folder to keep data and logs in; a temporary one, removed at the end, unless told. */
  readonly folder?: string;
  /** Called with one line for each thing that is being done. */
  readonly progress?: (line: string) => void;
  /** Ends the start: what runs is ended, and `startStack` rejects. */
  readonly signal?: AbortSignal;
}

/** What `npm run stack -- --json` prints in one line. */
export interface StackAddresses {
  readonly haproxy: { readonly ws: string; readonly metrics: string };
  readonly trackers: readonly {
    readonly ws: string;
    readonly admin: string;
    readonly pid: number;
  }[];
  readonly rollups: readonly { readonly admin: string; readonly pid: number }[];
  readonly ingests: readonly { readonly admin: string; readonly pid: number }[];
  readonly kafka: {
    readonly brokers: readonly string[];
    /** Settings beside `kafka_brokers` with which one gets in. */
    readonly settings: Readonly<Record<string, string>>;
  };
  readonly clickhouse: { readonly url: string; readonly database: string };
  readonly graphite: { readonly plaintext: string; readonly render: string };
  readonly portal?: { readonly url: string; readonly token: string; readonly admin: string };
}

export interface Stack {
  readonly folder: string;
  readonly kafka: {
    readonly brokers: readonly string[];
    /** Settings beside `kafka_brokers` with which one gets in: none unless it is secured. */
    readonly settings: Readonly<Record<string, string>>;
    readonly processes: readonly StackProcess[];
  };
  readonly clickhouse: {
    readonly url: string;
    readonly database: string;
    readonly process: StackProcess;
  };
  readonly graphite: {
    /** `host:port` of carbon's line receiver. */
    readonly plaintext: string;
    /** `http://host:port` of graphite-web. */
    readonly render: string;
    readonly carbon: StackProcess;
    readonly web: StackProcess;
  };
  readonly haproxy: HaproxyProcess;
  readonly trackers: readonly TrackerProcess[];
  readonly rollups: readonly ServiceProcess[];
  readonly ingests: readonly ServiceProcess[];
  readonly portal: (ServiceProcess & { readonly url: string; readonly token: string }) | undefined;
  /** From now on services are started from this build, anew and again. */
  useBuild(build: Build): void;
  /** Starts one more service process and resolves when it is ready. */
  addTracker(options?: TrackerOptions): Promise<TrackerProcess>;
  /** Several at once, with one reload of HAProxy. */
  addTrackers(count: number, options?: TrackerOptions): Promise<readonly TrackerProcess[]>;
  /** One more HAProxy, in front of the same trackers. */
  addHaproxy(): Promise<HaproxyProcess>;
  addRollup(roles?: string, settings?: Readonly<Record<string, string>>): Promise<ServiceProcess>;
  addIngest(): Promise<ServiceProcess>;
  /** A Prometheus with the shipped alert rules, impatient ones, which asks all that runs now. */
  addPrometheus(): Promise<Prometheus>;
  /** Starts simulated viewers, who come in through HAProxy. */
  addViewers(viewers: number): Promise<StackProcess>;
  /** As they are now: pids change with restarts. */
  addresses(): StackAddresses;
  /** The logs of a temporary folder stay after `stop()`. */
  keepLogs(): void;
  /** Ends every process of the stack, services first, and removes a temporary folder. */
  stop(): Promise<void>;
}
