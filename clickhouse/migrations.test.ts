import { describe, expect, it } from '@jest/globals';
import { counterNames, counterOf, startupBoundsMs, stallBoundsMs } from '../schemas/index.js';
import { loadMigrations, statementsOf } from './migrations.js';

describe('migrations', () => {
  const migrations = loadMigrations();
  const sql = migrations.flatMap((migration) => migration.statements).join('\n');

  it('are numbered from 1 without a gap', () => {
    expect(migrations.map((migration) => migration.number)).toEqual(
      migrations.map((_, index) => index + 1),
    );
    expect(migrations.length).toBeGreaterThan(0);
  });

  it('have only statements that may run twice, at any time', () => {
    const repeatable = /^(CREATE (TABLE|VIEW) IF NOT EXISTS|CREATE OR REPLACE VIEW|ALTER TABLE)\s/;
    for (const { statements } of migrations) {
      for (const statement of statements) expect(statement).toMatch(repeatable);
    }
  });

  it('define each view once, after the views that it reads', () => {
    const views = sql.matchAll(/^CREATE .*VIEW(?: IF NOT EXISTS)? (\w+)/gm);
    const names = Array.from(views, ([, name = '']) => name);
    expect(names).toEqual([...new Set(names)]);
    expect(names.length).toBeGreaterThan(15);
    const definitions = migrations.flatMap(({ statements }) =>
      statements.filter((text) => /^CREATE .*VIEW/.test(text)),
    );
    for (const [index, definition] of definitions.entries()) {
      for (const later of names.slice(index + 1)) {
        expect(definition).not.toMatch(new RegExp(`(FROM|JOIN)\\s+${later}\\b`));
      }
    }
  });

  it('interpolate percentiles over the buckets that the rollup counts in', () => {
    expect(sql).toContain(`[${startupBoundsMs.join(', ')}] AS startup_bounds_ms`);
    expect(sql).toContain(`[${stallBoundsMs.join(', ')}] AS stall_bounds_ms`);
    expect(sql).toContain(`buckets up to ${startupBoundsMs.join(', ')} ms`);
    expect(sql).toContain(`buckets up to ${stallBoundsMs.join(', ')} ms`);
  });

  it.each(counterNames.map((name) => counterOf(name).column))(
    'have %s in stream_minutes and count it in stream_minutes_counted',
    (column) => {
      const statements = migrations.flatMap((migration) => migration.statements);
      const tables = statements.filter((text) =>
        /^(CREATE|ALTER) TABLE.* stream_minutes\b/.test(text),
      );
      const views = statements.filter((text) =>
        /^CREATE .*VIEW.* stream_minutes_counted\b/.test(text),
      );
      const isColumn = new RegExp(`^\\s+(ADD COLUMN IF NOT EXISTS )?${column} (UInt64|Array)`, 'm');
      expect(tables.some((text) => isColumn.test(text))).toBe(true);
      expect(views.at(-1)).toMatch(new RegExp(` AS ${column}\\b`));
    },
  );

  it('are split at semicolons that end a line, without their comments', () => {
    expect(statementsOf("-- why; so\nSELECT ';' AS a\nFROM b;\n\nSELECT 2;\n")).toEqual([
      "SELECT ';' AS a\nFROM b",
      'SELECT 2',
    ]);
  });
});
