import { readFile, stat } from 'node:fs/promises';
import { exitCode, messageOf, StartError } from '../../service/errors.js';
import type { Logger } from '../../service/logs.js';
import type { Network } from '../swarm/network.js';
import { networkOfAddress } from './address-network.js';
import { factsOfAll, networkDatabase, type NetworkDatabase } from './network-database.js';

/** New files come once a day or week. */
const checkEveryMs = 60_000;

/** The network databases that are configured, if any, read again when a file changes. */
export class WatchedDatabases {
  #databases: readonly NetworkDatabase[] = [];
  #version = '';
  #timer: NodeJS.Timeout | undefined;

  private constructor(
    private readonly paths: readonly string[],
    private readonly logger: Logger,
  ) {}

  /** Throws a StartError where a file can't be read, or isn't of the MaxMind DB format. */
  static async open(paths: readonly string[], logger: Logger): Promise<WatchedDatabases> {
    const watched = new WatchedDatabases(paths, logger);
    try {
      await watched.readChanged();
    } catch (error) {
      const detail = `setting "network_databases": ${messageOf(error)}`;
      throw new StartError('configuration', detail, exitCode.configuration);
    }
    if (paths.length > 0) {
      const check = (): void => void watched.#check();
      watched.#timer = setInterval(check, checkEveryMs).unref();
    }
    return watched;
  }

  /** Where a canonical address is in the network. */
  networkOf(address: string): Network {
    return networkOfAddress(address, factsOfAll(this.#databases, address));
  }

  /** When the oldest of the files was built, Unix ms; 0 without any. */
  get builtAtMs(): number {
    const times = this.#databases.map(({ builtAtMs }) => builtAtMs);
    return times.length === 0 ? 0 : Math.min(...times);
  }

  /** Reads all files, if one has changed; keeps what it has where one of them is no good. */
  async readChanged(): Promise<void> {
    const version = await this.#versionOfFiles();
    if (version === this.#version) return;
    this.#databases = await Promise.all(this.paths.map(openDatabase));
    this.#version = version;
    const builtAt = this.#databases.map(({ builtAtMs }) => new Date(builtAtMs).toISOString());
    this.logger.info({ files: this.paths, builtAt }, 'network databases read');
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  async #check(): Promise<void> {
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
}

async function openDatabase(path: string): Promise<NetworkDatabase> {
  const file = await readFile(path);
  try {
    return networkDatabase(file);
  } catch (error) {
    throw new Error(`${path} is no file of the MaxMind DB format: ${messageOf(error)}`, {
      cause: error,
    });
  }
}
