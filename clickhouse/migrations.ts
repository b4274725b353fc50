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

/**
 * All migrations in order of their number. Each statement can run twice, also at the same time as
 * in another process (IF NOT EXISTS …), and a released file never changes: a new one is added.
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
  return migrations;
}
