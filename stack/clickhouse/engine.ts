import { randomUUID } from 'node:crypto';
import { mkdirSync, rmSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { drainPending, Session, type ChdbResult } from 'chdb';
import { FrontError } from './front-error.js';
import { stringLiteral, type InsertStatement, type PlainStatement } from './statement.js';

/** Statements that run at the same time: a connection runs one after another. */
const connectionsMax = 4;
/** Statements that may wait for a connection. */
const waitingMax = 256;
const memoryBytesMaxPerStatement = 4 * 1_024 ** 3;

/** What goes with a statement. */
export interface StatementContext {
  readonly database: string;
  readonly format: string;
  /** SQL literals by the settings' names; in force for this statement only. */
  readonly settings: Readonly<Record<string, string>>;
  readonly parameters: Readonly<Record<string, string | null>>;
}

export interface StatementResult {
  readonly bytes: Uint8Array;
  readonly elapsedSeconds: number;
  readonly readRows: number;
  readonly readBytes: number;
  readonly writtenRows: number;
}

/**
 * ClickHouse's engine over one data folder, with several connections: each statement has one for
 * itself, with its database and settings, and leaves it as it was.
 */
export class ClickHouseEngine {
  readonly #temporaryFolder: string;
  readonly #idle: Session[] = [];
  readonly #all: Session[] = [];
  readonly #waiting: ((session: Session) => void)[] = [];

  constructor(folder: string) {
    this.#temporaryFolder = join(folder, 'inserts');
    rmSync(this.#temporaryFolder, { recursive: true, force: true });
    mkdirSync(this.#temporaryFolder, { recursive: true });
    for (let count = 0; count < connectionsMax; count += 1) {
      const session = new Session(join(folder, 'data'));
      // The server's defaults where the embedded engine has others.
      session.query(`SET implicit_select = 0, max_memory_usage = ${memoryBytesMaxPerStatement}`);
      this.#all.push(session);
      this.#idle.push(session);
    }
  }

  /** Runs one statement. Throws the engine's errors as they are. */
  async run(
    statement: PlainStatement | InsertStatement,
    context: StatementContext,
  ): Promise<StatementResult> {
    if (statement.kind === 'statement') return this.#runWith(statement.sql, context);
    const file = join(this.#temporaryFolder, randomUUID());
    await writeFile(file, statement.data);
    try {
      const sql = `${statement.head} FROM INFILE ${stringLiteral(file)} FORMAT ${statement.format}`;
      const settings = { ...context.settings, ...statement.settings };
      const result = await this.#runWith(sql, { ...context, settings });
      return { ...result, readBytes: statement.data.length, writtenRows: result.readRows };
    } finally {
      await rm(file, { force: true });
    }
  }

  /** Waits for what runs, then closes the data folder. */
  async close(): Promise<void> {
    await drainPending();
    for (const session of this.#all) session.close();
    await drainPending();
  }

  async #runWith(sql: string, context: StatementContext): Promise<StatementResult> {
    const session = await this.#take();
    const applied: string[] = [];
    try {
      await session.queryAsync(`USE ${quoteIdentifier(context.database)}`);
      for (const [name, literal] of Object.entries(context.settings)) {
        await session.queryAsync(`SET ${name} = ${literal}`);
        applied.push(name);
      }
      const options = { format: context.format };
      const hasParameters = Object.keys(context.parameters).length > 0;
      const result = hasParameters
        ? await session.queryBindAsync(sql, context.parameters, options)
        : await session.queryAsync(sql, options);
      return describe(result);
    } finally {
      for (const name of applied) await session.queryAsync(`SET ${name} = DEFAULT`);
      this.#giveBack(session);
    }
  }

  async #take(): Promise<Session> {
    const session = this.#idle.pop();
    if (session !== undefined) return session;
    if (this.#waiting.length >= waitingMax) {
      throw new FrontError(202, 'TOO_MANY_SIMULTANEOUS_QUERIES', 'Too many statements wait');
    }
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  #giveBack(session: Session): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#idle.push(session);
    else next(session);
  }
}

function describe(result: ChdbResult): StatementResult {
  return {
    bytes: result.bytes(),
    elapsedSeconds: result.elapsed,
    readRows: result.rowsRead,
    readBytes: result.bytesRead,
    writtenRows: 0,
  };
}

function quoteIdentifier(name: string): string {
  return `\`${name.replaceAll('\\', '\\\\').replaceAll('`', '\\`')}\``;
}
