import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { openSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { metricSum, parseMetrics, type Stack } from '../../stack/index.js';

/** Of the same build as this benchmark. */
const rollupMain = join(import.meta.dirname, '..', '..', '..', 'rollup', 'main.js');
const readyWithinMs = 120_000;
const pollMs = 200;

export interface RollupProcessOptions {
  readonly name: string;
  readonly stack: Stack;
  readonly carbonPort: number;
  /** Where it leaves its CPU profile. */
  readonly profileFolder: string | undefined;
}

/** A rollup process as in production, with both roles. */
export class RollupProcess {
  private constructor(
    private readonly child: ChildProcess,
    private readonly admin: string,
  ) {}

  /** Starts it on the stack's Kafka and ClickHouse; resolves when it is ready. */
  static async start(options: RollupProcessOptions): Promise<RollupProcess> {
    const { name, stack, carbonPort, profileFolder } = options;
    const port = await freePort();
    const environment = {
      VIBLAST_KAFKA_BROKERS: stack.kafka.brokers.join(','),
      VIBLAST_GRAPHITE_HOST: '127.0.0.1',
      VIBLAST_GRAPHITE_PORT: String(carbonPort),
      VIBLAST_CLICKHOUSE_URL: stack.clickhouse.url,
      VIBLAST_CLICKHOUSE_DATABASE: stack.clickhouse.database,
      VIBLAST_LOG_LEVEL: 'warn',
      VIBLAST_NODE_NAME: name,
      VIBLAST_ADMIN_PORT: String(port),
    };
    const nodeOptions =
      profileFolder === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profileFolder}`];
    const logFile = join(stack.folder, `bench-${name}.log`);
    const log = openSync(logFile, 'a');
    const child = spawn(process.execPath, [...nodeOptions, rollupMain], {
      env: { ...process.env, ...environment },
      stdio: ['ignore', log, log],
    });
    const started = new RollupProcess(child, `127.0.0.1:${port}`);
    const untilMs = Date.now() + readyWithinMs;
    while (!(await started.#isReady())) {
      if (child.exitCode !== null || Date.now() > untilMs) {
        child.kill('SIGKILL');
        throw new Error(`a rollup process did not become ready: see ${logFile}`);
      }
      await delay(pollMs);
    }
    return started;
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  /** The sum of a metric's series that have its labels: `name`, or `name{label="value"}`. */
  async metric(metric: string): Promise<number> {
    const response = await fetch(`http://${this.admin}/metrics`);
    return metricSum(parseMetrics(await response.text()), metric);
  }

  signal(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }

  async stop(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const exited = once(this.child, 'exit');
    this.child.kill('SIGCONT');
    this.child.kill('SIGTERM');
    await exited;
  }

  async #isReady(): Promise<boolean> {
    try {
      return (await fetch(`http://${this.admin}/readyz`)).ok;
    } catch {
      return false;
    }
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address !== null ? address.port : 0;
}
