import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PortReservations } from '../../../lab/stack/index.js';
import { packageRoot } from '../../../service/package-root.js';
import { readPidFile, type PidFile } from '../../../service/pid-file.js';
import { sharedStack } from '../../integration/testing/stack.js';

export interface ProgramEnd {
  readonly code: number | null;
  /** What it printed, on both streams. */
  readonly output: string;
}

let roots = 0;

/** A folder with `etc`, `log` and `data`, as vbt and vba have it, on the shared stack's servers. */
export class ProgramRoot {
  readonly folder = realpathSync(mkdtempSync(join(tmpdir(), 'viblast-root-')));
  readonly #ports = new PortReservations();
  readonly #name: string;

  constructor() {
    roots += 1;
    this.#name = `${process.pid}-${roots}`;
    for (const folder of ['etc', 'log', 'data']) mkdirSync(join(this.folder, folder));
  }

  /** Settings with which all three services start. */
  async write(): Promise<void> {
    const { kafka, clickhouse, graphite } = sharedStack();
    const [host = '', port = ''] = graphite.plaintext.split(':');
    const clickhouseUrl = {
      clickhouse_url: clickhouse.url,
      clickhouse_database: clickhouse.database,
    };
    this.settings('common', { kafka_brokers: kafka.brokers });
    this.settings('tracker', {
      node_name: `tracker-${this.#name}`,
      tracker_listen_host: '127.0.0.1',
      tracker_listen_port: await this.#ports.reserve(),
      admin_port: await this.#ports.reserve(),
      drain_seconds: 0,
    });
    this.settings('rollup', {
      node_name: `rollup-${this.#name}`,
      admin_port: await this.#ports.reserve(),
      graphite_host: host,
      graphite_port: Number(port),
      ...clickhouseUrl,
    });
    this.settings('ingest', {
      node_name: `ingest-${this.#name}`,
      admin_port: await this.#ports.reserve(),
      ...clickhouseUrl,
    });
  }

  settings(service: string, settings: object): void {
    writeFileSync(join(this.folder, 'etc', `${service}.json`), JSON.stringify(settings));
  }

  path(...parts: readonly string[]): string {
    return join(this.folder, ...parts);
  }

  pidFile(name: string): PidFile {
    return readPidFile(this.path('data', `${name}.pid`));
  }

  /** The pid of a service that runs. */
  pid(name: string): number {
    const found = this.pidFile(name);
    if (found.kind !== 'alive') throw new Error(`${name} does not run`);
    return found.running.pid;
  }

  /** Runs bin/vbt or bin/vba to its end, as an operator would. */
  run(program: 'vbt' | 'vba', ...args: readonly string[]): Promise<ProgramEnd> {
    const child = spawn(join(packageRoot(), 'bin', program), args, {
      env: { PATH: process.env['PATH'], VIBLAST_ROOT: this.folder },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => (output += text));
    }
    return new Promise((resolve) => child.once('close', (code) => resolve({ code, output })));
  }

  async remove(): Promise<void> {
    await Promise.all([this.run('vbt', 'stop'), this.run('vba', 'stop')]);
    this.#ports.release();
    rmSync(this.folder, { recursive: true });
  }
}
