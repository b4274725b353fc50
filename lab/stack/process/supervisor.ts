import { spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { compiledTree } from './compiled-tree.js';
import { FolderLock } from './folder-lock.js';
import { ManagedProcess } from './managed-process.js';
import { PortReservations } from './ports.js';
import type { ProcessSpec } from './process-spec.js';
import type { WatchdogMessage } from './watchdog.js';

export interface SupervisorOptions {
  /** Where data and logs go; a temporary folder, removed at the end, unless told. */
  readonly folder?: string | undefined;
  readonly progress?: ((line: string) => void) | undefined;
}

/**
 * Owns everything that a stack has outside this process: children, ports, folder. `close()` gives
 * all of it back; when this process dies without it, the watchdog does.
 */
export class Supervisor {
  readonly folder: string;
  readonly isTemporary: boolean;
  readonly ports = new PortReservations();
  readonly #lock: FolderLock;
  readonly #watchdog: ChildProcess;
  readonly #processes: ManagedProcess[] = [];
  readonly #progress: (line: string) => void;
  #keepsLogs = false;
  #isClosed = false;

  constructor(options: SupervisorOptions = {}) {
    this.isTemporary = options.folder === undefined;
    this.folder = realpathSync(
      options.folder === undefined
        ? mkdtempSync(join(tmpdir(), 'viblast-'))
        : makeFolder(options.folder),
    );
    mkdirSync(join(this.folder, 'logs'), { recursive: true });
    this.#lock = FolderLock.take(this.folder);
    this.#progress = options.progress ?? (() => undefined);
    this.#watchdog = spawn(
      process.execPath,
      [join(compiledTree(), 'lab', 'stack', 'process', 'watchdog.js')],
      { detached: true, stdio: ['pipe', 'ignore', 'ignore'] },
    );
    this.#watchdog.stdin?.on('error', () => undefined);
    this.#watchdog.unref();
    if (this.isTemporary) this.#tell({ folder: this.folder });
  }

  say(line: string): void {
    this.#progress(line);
  }

  /** Describes a process and owns it from now on; `start()` starts it. */
  define(spec: ProcessSpec): ManagedProcess {
    const managed = new ManagedProcess(spec, {
      logFolder: join(this.folder, 'logs'),
      mayStart: () => !this.#isClosed,
      onStarted: (pid) => this.#tell({ started: pid }),
      onEnded: (pid, isExpected, code) => {
        this.#tell({ ended: pid });
        if (!isExpected && !this.#isClosed) {
          this.say(`${spec.name} (pid ${pid}) ended with code ${code}; log: ${managed.logFile}`);
        }
      },
    });
    this.#processes.push(managed);
    return managed;
  }

  /** Describes a process, starts it, and resolves when it is ready. */
  async run(spec: ProcessSpec): Promise<ManagedProcess> {
    const managed = this.define(spec);
    await managed.start();
    return managed;
  }

  /** The logs stay where they are, also in a temporary folder: something failed. */
  keepLogs(): void {
    this.#keepsLogs = true;
  }

  /** Ends what still runs, the youngest first, and gives ports and folder back. Idempotent. */
  async close(deadlineMs?: number): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    for (const managed of this.#processes.toReversed()) await managed.stop(deadlineMs);
    this.#tell({ done: true });
    this.#watchdog.stdin?.end();
    this.ports.release();
    this.#lock.release();
    if (!this.isTemporary) return;
    if (this.#keepsLogs) {
      this.say(`the logs are kept in ${join(this.folder, 'logs')}`);
      return;
    }
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }

  #tell(message: WatchdogMessage): void {
    this.#watchdog.stdin?.write(`${JSON.stringify(message)}\n`);
  }
}

function makeFolder(folder: string): string {
  const path = resolve(folder);
  mkdirSync(path, { recursive: true });
  return path;
}
