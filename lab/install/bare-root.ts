import { chmodSync, copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { debootstrap, runCommand, type CommandResult } from '../stack/index.js';

/**
 * A Debian with nothing but what every Debian has, in a folder: processes in it see that folder as
 * `/`, and the host's network. It has no init and no Node.js.
 */
export class BareRoot {
  readonly folder = mkdtempSync(join(tmpdir(), 'viblast-bare-root-'));

  /** Made by debootstrap, of the release and from the mirror that apt has here. */
  async make(): Promise<void> {
    await debootstrap(this.folder);
    // It is `/` for users who are not root, too.
    chmodSync(this.folder, 0o755);
  }

  /** The Node.js that runs this program: Debian's own is older than what we need. */
  addNode(): void {
    copyFileSync(process.execPath, join(this.folder, 'usr', 'bin', 'node'));
  }

  /**
   * Runs a script by its shell, as root. Its /proc is mounted for it and what it starts alone, so
   * that nothing has to be unmounted.
   */
  run(script: string, environment: Readonly<Record<string, string>> = {}): Promise<CommandResult> {
    const variables = Object.entries(environment).map(([name, value]) => `${name}=${value}`);
    return runCommand('unshare', [
      '--mount',
      '--propagation',
      'private',
      'sh',
      '-c',
      'mount -t proc proc "$0/proc" && mount --bind /dev "$0/dev" && exec chroot "$0" env -i "$@"',
      this.folder,
      'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
      'HOME=/root',
      ...variables,
      'sh',
      '-euc',
      `cd /root\n${script}`,
    ]);
  }

  /** All files of the installation and of the system's settings, in one text. */
  listing(): string {
    return ['etc', 'opt']
      .flatMap((folder) => readdirSync(this.path(folder), { recursive: true, encoding: 'utf8' }))
      .toSorted()
      .join('\n');
  }

  /** A file of it. */
  path(...parts: readonly string[]): string {
    return join(this.folder, ...parts);
  }

  read(...parts: readonly string[]): string {
    return readFileSync(this.path(...parts), 'utf8');
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
