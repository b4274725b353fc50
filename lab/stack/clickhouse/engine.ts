import { randomUUID } from 'node:crypto';
import { mkdirSync, rmSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { drainPending, Session, type ChdbResult } from 'chdb';
import { FrontError } from './front-error.js';
import { stringLiteral, type InsertStatement, type PlainStatement } from './statement.js';

/** Statements that run at the same time. */
const statementsMax = 4;
/** Statements that may wait for their turn. */
const waitingMax = 256;

/** Where the embedded engine's defaults differ from a server's. */
const serverDefaults = {
  implicit_select: '0',
  max_memory_usage: String(4 * 1_024 ** 3),
};

/** What goes with a statement. */
export interface StatementContext {
  readonly database: string;
  readonly format: string;
  /** SQL literals by the settings' names. */
  readonly settings: Readonly<Record<string, string>>;
  /**
   * SQL string literals of `{name:Type}` placeholders' values, escaped as in tab-separated files.
   */
  readonly parameters: Readonly<Record<string, string>>;
}

export interface StatementResult {
  readonly bytes: Uint8Array;
  readonly elapsedSeconds: number;
  readonly readRows: number;
  readonly readBytes: number;
  readonly writtenRows: number;
}

/**
 * ClickHouse's engine over one data folder. Each statement has a connection to itself, so that its
 * database, settings and parameters are its own; making one takes a millisecond or two.
 */
export class ClickHouseEngine {
  readonly #dataFolder: string;
  readonly #temporaryFolder: string;
  /** Keeps the data loaded while no statement runs. */
  readonly #keeper: Session;
  readonly #waiting: (() => void)[] = [];
  #running = 0;

  constructor(folder: string) {
    this.#dataFolder = join(folder, 'data');
    this.#temporaryFolder = join(folder, 'inserts');
    rmSync(this.#temporaryFolder, { recursive: true, force: true });
    mkdirSync(this.#temporaryFolder, { recursive: true });
    this.#keeper = new Session(this.#dataFolder);
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
    this.#keeper.close();
    await drainPending();
  }

  async #runWith(sql: string, context: StatementContext): Promise<StatementResult> {
    await this.#takeTurn();
    const session = new Session(this.#dataFolder);
    try {
      await session.queryAsync(`USE ${quoteIdentifier(context.database)}`);
      await session.queryAsync(`SET ${assignments(context)}`);
      return describe(await session.queryAsync(sql, { format: context.format }));
    } finally {
      session.close();
      this.#endTurn();
    }
  }

  async #takeTurn(): Promise<void> {
    if (this.#running < statementsMax) {
      this.#running += 1;
      return;
    }
    if (this.#waiting.length >= waitingMax) {
      throw new FrontError(202, 'TOO_MANY_SIMULTANEOUS_QUERIES', 'Too many statements wait');
    }
    await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  /** Whoever waits longest takes over the turn. */
  #endTurn(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#running -= 1;
    else next();
  }
}

function assignments(context: StatementContext): string {
  const own = Object.entries(context.settings);
  const parameters = Object.entries(context.parameters).map(
    ([name, literal]) => [`param_${name}`, literal] as const,
  );
  return [...Object.entries(serverDefaults), ...own, ...parameters]
    .map(([name, literal]) => `${name} = ${literal}`)
    .join(', ');
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
