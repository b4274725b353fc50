import { join } from 'node:path';
import { exitCode, StartError } from '../../../service/errors.js';
import { isInContainers } from '../containers/is-in-containers.js';
import type { StackProcess } from '../types.js';
import { launchLocally } from './launch-locally.js';
import { logTail } from './log-tail.js';
import { signalGroup, signalProcess } from './process-identity.js';
import { launchOf, type Launch, type Launched, type ProcessSpec } from './process-spec.js';
import { waitUntil } from './wait-until.js';

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
    if (!current.hasExited) signalProcess(current.pid, signal);
  }

  async stop(deadlineMs = defaultStopDeadlineMs): Promise<void> {
    const current = this.#incarnation;
    if (current === undefined) return;
    current.isExpectedToEnd = true;
    if (!current.hasExited) {
      signalProcess(current.pid, 'SIGTERM');
      // A process that was stopped with SIGSTOP must wake up to hear of its end.
      signalProcess(current.pid, 'SIGCONT');
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
    const current = await this.#launch();
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
    throw this.#notReady(what);
  }

  async #launch(): Promise<Incarnation> {
    if (!this.#owner.mayStart()) throw new Error(`${this.name} isn't started: the stack ends`);
    const { pid, exited } = await launch(launchOf(this.#spec), this.logFile);
    if (pid === undefined) {
      throw this.#notReady(`ended with code ${await exited} before it was ready`);
    }
    this.#owner.onStarted(pid);
    const incarnation: Incarnation = {
      pid,
      hasExited: false,
      isExpectedToEnd: false,
      exited: exited.then((code) => {
        incarnation.hasExited = true;
        this.#owner.onEnded(pid, incarnation.isExpectedToEnd, code);
        return code;
      }),
    };
    return incarnation;
  }

  #notReady(what: string): StartError {
    return new StartError(
      'process_not_ready',
      `${this.name} ${what}; the end of ${this.logFile}:\n${logTail(this.logFile)}`,
      exitCode.unavailable,
    );
  }

  #current(): Incarnation {
    if (this.#incarnation === undefined) throw new Error(`${this.name} was never started`);
    return this.#incarnation;
  }
}

async function launch(spec: Launch, logFile: string): Promise<Launched> {
  if (spec.container === undefined || !isInContainers()) return launchLocally(spec, logFile);
  // Loaded only where it is needed: it takes a second.
  const { startContainer } = await import('../containers/start-container.js');
  return startContainer(spec, logFile);
}
