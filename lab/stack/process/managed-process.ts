import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import { exitCode, StartError } from '../../../service/errors.js';
import type { StackProcess } from '../types.js';
import { logTail } from './log-tail.js';
import { signalGroup } from './process-identity.js';
import { waitUntil, type ProbeResult } from './wait-until.js';

type Environment = Readonly<Record<string, string>>;

/** What is a function is asked at each start. */
export interface ProcessSpec {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[] | (() => readonly string[]);
  readonly cwd?: string;
  /** Added to the parent's environment, without its VIBLAST_ settings. */
  readonly environment?: Environment | (() => Environment);
  /** Run before each start: configuration files, stale pid files. */
  readonly prepare?: () => Promise<void> | void;
  readonly isReady: () => Promise<ProbeResult>;
  readonly readyWithinMs?: number;
}

export interface ProcessOwner {
  readonly logFolder: string;
  /** True: the owner has not begun to end everything. */
  readonly mayStart: () => boolean;
  readonly onStarted: (pid: number) => void;
  readonly onEnded: (pid: number, isExpected: boolean, code: number) => void;
}

const defaultReadyWithinMs = 60_000;
const defaultStopDeadlineMs = 20_000;

interface Incarnation {
  readonly child: ChildProcess;
  readonly pid: number;
  readonly exited: Promise<number>;
  hasExited: boolean;
  isExpectedToEnd: boolean;
}

/** One server or service: can be ended, killed and started again with the same settings. */
export class ManagedProcess implements StackProcess {
  readonly name: string;
  readonly logFile: string;
  readonly #spec: ProcessSpec;
  readonly #owner: ProcessOwner;
  #incarnation: Incarnation | undefined;

  constructor(spec: ProcessSpec, owner: ProcessOwner) {
    this.name = spec.name;
    this.#spec = spec;
    this.#owner = owner;
    this.logFile = join(owner.logFolder, `${spec.name}.log`);
  }

  get pid(): number {
    return this.#current().pid;
  }

  get exited(): Promise<number> {
    return this.#current().exited;
  }

  kill(signal: NodeJS.Signals): void {
    const current = this.#current();
    current.isExpectedToEnd = true;
    if (!current.hasExited) current.child.kill(signal);
  }

  async stop(deadlineMs = defaultStopDeadlineMs): Promise<void> {
    const current = this.#incarnation;
    if (current === undefined) return;
    current.isExpectedToEnd = true;
    if (!current.hasExited) {
      current.child.kill('SIGTERM');
      // A process that was stopped with SIGSTOP must wake up to hear of its end.
      current.child.kill('SIGCONT');
    }
    const timer = setTimeout(() => signalGroup(current.pid, 'SIGKILL'), deadlineMs);
    await current.exited;
    clearTimeout(timer);
    // Workers that outlived their master.
    signalGroup(current.pid, 'SIGKILL');
  }

  async start(): Promise<void> {
    if (this.#incarnation !== undefined && !this.#incarnation.hasExited) {
      throw new Error(`${this.name} runs already`);
    }
    if (this.#incarnation !== undefined) signalGroup(this.#incarnation.pid, 'SIGKILL');
    await this.#spec.prepare?.();
    const current = await this.#spawn();
    this.#incarnation = current;
    const withinMs = this.#spec.readyWithinMs ?? defaultReadyWithinMs;
    const outcome = await waitUntil(
      async () => current.hasExited || (await this.#spec.isReady()),
      withinMs,
    );
    if (outcome.kind === 'ready' && !current.hasExited) return;
    const what =
      outcome.kind === 'ready'
        ? `ended with code ${await current.exited} before it was ready`
        : `was not ready within ${withinMs / 1_000} s (${outcome.reason})`;
    await this.stop(2_000);
    throw new StartError(
      'process_not_ready',
      `${this.name} ${what}; the end of ${this.logFile}:\n${logTail(this.logFile)}`,
      exitCode.unavailable,
    );
  }

  async #spawn(): Promise<Incarnation> {
    if (!this.#owner.mayStart()) throw new Error(`${this.name} isn't started: the stack ends`);
    const log = openSync(this.logFile, 'a');
    const { command, args, environment } = this.#spec;
    const child = spawn(command, typeof args === 'function' ? args() : args, {
      // A group of its own: the terminal's Ctrl-C reaches the stack alone, which ends all in order.
      detached: true,
      stdio: ['ignore', log, log],
      cwd: this.#spec.cwd,
      env: {
        ...inheritedEnvironment(),
        ...(typeof environment === 'function' ? environment() : environment),
      },
    });
    closeSync(log);
    const spawned = await new Promise<Error | undefined>((resolve) => {
      child.once('spawn', () => resolve(undefined));
      child.once('error', resolve);
    });
    if (spawned !== undefined || child.pid === undefined) {
      throw new StartError(
        'spawn_failed',
        `${this.name} cannot be started: ${spawned?.message ?? 'no pid'}`,
        exitCode.unavailable,
        spawned,
      );
    }
    const { pid } = child;
    this.#owner.onStarted(pid);
    const incarnation: Incarnation = {
      child,
      pid,
      hasExited: false,
      isExpectedToEnd: false,
      exited: new Promise((resolve) => {
        child.once('exit', (code, signal) => {
          const status = code ?? 128 + (signal === null ? 0 : constants.signals[signal]);
          incarnation.hasExited = true;
          this.#owner.onEnded(pid, incarnation.isExpectedToEnd, status);
          resolve(status);
        });
      }),
    };
    return incarnation;
  }

  #current(): Incarnation {
    if (this.#incarnation === undefined) throw new Error(`${this.name} was never started`);
    return this.#incarnation;
  }
}

/**
 * What a child gets from this process: everything but settings of services, the log level excepted.
 */
function inheritedEnvironment(): Record<string, string> {
  const inherited: Record<string, string> = {};
  for (const [name, value] of Object.entries(process.env)) {
    const isSetting = name.startsWith('VIBLAST_') && name !== 'VIBLAST_LOG_LEVEL';
    if (value !== undefined && !isSetting && name !== 'NODE_OPTIONS') inherited[name] = value;
  }
  return inherited;
}
