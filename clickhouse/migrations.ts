import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../service/package-root.js';

/** One numbered file of `migrations/`. */
export interface Migration {
  readonly number: number;
  readonly name: string;
  readonly statements: readonly string[];
}

const fileName = /^(\d{4})-([a-z0-9-]+)\.sql$/;

/**
 * The statements of a file: separated by a semicolon at a line's end; lines that are comments are
 * left out.
 */
export function statementsOf(sql: string): string[] {
  return sql
    .split('\n')
    .filter((line) => !line.trimStart().startsWith('--'))
    .join('\n')
    .split(/;[ \t]*(?:\n|$)/)
    .map((statement) => statement.trim())
    .filter((statement) => statement !== '');
}

const viewStatement = /^CREATE (?:OR REPLACE VIEW|VIEW IF NOT EXISTS) (\w+)\s/;

/**
 * Without the definitions of a view that a later one replaces: a process that falls behind another,
 * or is killed there, puts no older view in a newer one's place.
 */
function withLastViews(migrations: readonly Migration[]): readonly Migration[] {
  const viewOf = (statement: string): string | undefined => viewStatement.exec(statement)?.[1];
  const last = new Map(
    migrations.flatMap(({ statements }) => statements.map((text) => [viewOf(text), text])),
  );
  return migrations.map((migration) => ({
    ...migration,
    statements: migration.statements.filter((text) => {
      const view = viewOf(text);
      return view === undefined || last.get(view) === text;
    }),
  }));
}

/**
 * All migrations in order of their number. Each statement can run twice, also at the same time as
 * in another process (IF NOT EXISTS …), and a released file never changes: a new one is added. A
 * view stands where it is defined last.
 */
export function loadMigrations(
  folder = join(packageRoot(), 'clickhouse', 'migrations'),
): readonly Migration[] {
  const migrations = readdirSync(folder)
    .toSorted()
    .map((file) => {
      const [, number, name] = fileName.exec(file) ?? [];
      if (number === undefined || name === undefined) {
        throw new Error(`clickhouse/migrations/${file} is not named NNNN-words.sql`);
      }
      const statements = statementsOf(readFileSync(join(folder, file), 'utf8'));
      return { number: Number(number), name, statements };
    });
  for (const [index, { number, name }] of migrations.entries()) {
    if (number !== index + 1) throw new Error(`migration ${name} should have number ${index + 1}`);
  }
  return withLastViews(migrations);
}
