import { readFile, stat } from 'node:fs/promises';
import { messageOf } from '../../service/errors.js';
import type { Logger } from '../../service/logs.js';
import type { Network } from '../swarm/network.js';
import { networkOfAddress } from './address-network.js';
import { factsOfAll, networkDatabase, type NetworkDatabase } from './network-database.js';

/** The network databases that are configured, if any, read again when a file changes. */
export class WatchedDatabases {
  #databases: readonly NetworkDatabase[] = [];
  #version = '';

  constructor(
    private readonly paths: readonly string[],
    private readonly logger: Logger,
    /** Is told of each lookup that meets a broken entry of a file. */
    private readonly onBroken: (path: string, error: unknown) => void,
  ) {}

  /** Where a canonical address is in the network. */
  networkOf(address: string): Network {
    return networkOfAddress(address, factsOfAll(this.#databases, address));
  }

  /** When the oldest of the files was built, Unix ms; 0 without any. */
  get builtAtMs(): number {
    const times = this.#databases.map(({ builtAtMs }) => builtAtMs);
    return times.length === 0 ? 0 : Math.min(...times);
  }

  /** Reads all files, if one has changed. Rejects where one is no good, and keeps what it has. */
  async readChanged(): Promise<void> {
    const version = await this.#versionOfFiles();
    if (version === this.#version) return;
    this.#databases = await Promise.all(this.paths.map((path) => this.#open(path)));
    this.#version = version;
    if (this.paths.length === 0) return;
    const builtAt = this.#databases.map(({ builtAtMs }) => new Date(builtAtMs).toISOString());
    this.logger.info({ files: this.paths, builtAt }, 'network databases read');
  }

  /** The same, and tells the log where it rejects. */
  async refresh(): Promise<void> {
    try {
      await this.readChanged();
    } catch (error) {
      this.logger.warn({ error: messageOf(error) }, 'going on with the older network databases');
    }
  }

  async #versionOfFiles(): Promise<string> {
    const files = await Promise.all(this.paths.map((path) => stat(path)));
    return files.map(({ ino, size, mtimeMs }) => `${ino} ${size} ${mtimeMs}`).join();
  }

  async #open(path: string): Promise<NetworkDatabase> {
    const file = await readFile(path);
    try {
      return networkDatabase(file, (error) => this.onBroken(path, error));
    } catch (error) {
      throw new Error(`${path} is no sound file of the MaxMind DB format: ${messageOf(error)}`, {
        cause: error,
      });
    }
  }
}
