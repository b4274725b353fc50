import { spawnSync } from 'node:child_process';
import { statfsSync } from 'node:fs';

const roomyBytes = 4 * 1_024 ** 3;
/** So little stays free that no part of a table can be written. */
const leftBytes = 16 * 1_024;

/** A disk in memory that can be made full at will: its size is set to what is used. */
export class SmallDisk {
  private constructor(private readonly folder: string) {}

  /** Mounts it over an empty folder; or says why that can't be. */
  static mount(folder: string): SmallDisk | string {
    if (process.getuid?.() !== 0) return 'a disk of its own can be mounted by root alone';
    const problem = run('mount', ['-t', 'tmpfs', '-o', `size=${roomyBytes}`, 'tmpfs', folder]);
    return problem === undefined ? new SmallDisk(folder) : `no disk of its own: ${problem}`;
  }

  /** From now on nothing more can be written. */
  fill(): void {
    const { blocks, bfree, bsize } = statfsSync(this.folder);
    this.#resize((blocks - bfree) * bsize + leftBytes);
  }

  free(): void {
    this.#resize(roomyBytes);
  }

  unmount(): void {
    run('umount', ['-l', this.folder]);
  }

  #resize(bytes: number): void {
    const problem = run('mount', ['-o', `remount,size=${bytes}`, this.folder]);
    if (problem !== undefined) throw new Error(`${this.folder}: ${problem}`);
  }
}

function run(command: string, args: readonly string[]): string | undefined {
  const { status, stderr, error } = spawnSync(command, args, { encoding: 'utf8' });
  return status === 0 ? undefined : (error?.message ?? stderr.trim());
}
