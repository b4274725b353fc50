import { stat } from 'node:fs/promises';
import {
  changeAccounts,
  noAccounts,
  readAccountHistory,
  readAccounts,
  type AccountChange,
  type Accounts,
  type AccountsChange,
} from '../accounts/index.js';
import { messageOf } from '../service/errors.js';
import type { Logger } from '../service/logs.js';
import { problem } from './problems.js';

/** The accounts of the users' file, as they are now. */
export class WatchedAccounts {
  #accounts = noAccounts;
  #version = '';
  /** Why the file couldn't be read, as long as it can't. */
  #problem: string | undefined;
  #reading = Promise.resolve();

  /** `path`: empty where there are no users. */
  constructor(
    private readonly path: string,
    private readonly logger: Logger,
  ) {}

  get current(): Accounts {
    return this.#accounts;
  }

  /**
   * Reads the file if it has changed, or couldn't be read. Where it can't be, says so once and goes
   * on with what there was; where it is gone, nobody is a user any more.
   */
  refresh(): Promise<void> {
    // One after the other: whoever waits has what stood there when they asked.
    this.#reading = this.#reading.then(() => this.#readIfChanged());
    return this.#reading;
  }

  /**
   * Puts what `change` of `actor` makes of the accounts in the file in their place, and goes by it
   * at once. Rejects with what `change` throws, with an AppError (`users_file`) where the file
   * can't be written, and with a problem where none is named.
   */
  async change(actor: string, change: AccountsChange): Promise<void> {
    if (this.path === '') {
      const message = 'the setting portal_users_file names no file to keep users and tokens in';
      throw problem(409, 'no_users_file', message);
    }
    await changeAccounts(this.path, actor, change);
    await this.refresh();
  }

  /** Who changed what of them, the latest last. Rejects where it can't be read. */
  history(): Promise<readonly AccountChange[]> {
    return this.path === '' ? Promise.resolve([]) : readAccountHistory(this.path);
  }

  async #readIfChanged(): Promise<void> {
    if (this.path === '') return;
    // Before the file: what is written meanwhile is read the next time.
    const version = await this.#versionOfFile();
    if (version === this.#version) return;
    const file = this.path;
    try {
      const read = await readAccounts(file);
      this.#version = version;
      this.#problem = undefined;
      if (read === undefined) this.logger.warn({ file }, "there is no users' file: no users");
      this.#accounts = read ?? noAccounts;
      const { users, tokens } = this.#accounts;
      this.logger.info({ file, users: users.length, tokens: tokens.length }, 'users read');
    } catch (error) {
      const problem = messageOf(error);
      if (problem === this.#problem) return;
      this.#problem = problem;
      this.logger.error({ file, problem }, "going on with the users' file as it was before");
    }
  }

  /** Looks at the file so often, till what is returned is called. */
  watch(everyMs: number): () => void {
    const looking = setInterval(() => void this.refresh(), everyMs);
    return () => clearInterval(looking);
  }

  /** Another one when the file was written, or replaced by another, through links too. */
  #versionOfFile(): Promise<string> {
    return stat(this.path).then(
      ({ ino, size, mtimeMs }) => `${ino} ${size} ${mtimeMs}`,
      (error: unknown) => messageOf(error),
    );
  }
}
