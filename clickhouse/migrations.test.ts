import { describe, expect, it } from '@jest/globals';
import { startupBoundsMs, stallBoundsMs } from '../schemas/index.js';
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

  it('interpolate percentiles over the buckets that the rollup counts in', () => {
    expect(sql).toContain(`[${startupBoundsMs.join(', ')}] AS startup_bounds_ms`);
    expect(sql).toContain(`[${stallBoundsMs.join(', ')}] AS stall_bounds_ms`);
    expect(sql).toContain(`buckets up to ${startupBoundsMs.join(', ')} ms`);
    expect(sql).toContain(`buckets up to ${stallBoundsMs.join(', ')} ms`);
  });

  it('are split at semicolons that end a line, without their comments', () => {
    expect(statementsOf("-- why; so\nSELECT ';' AS a\nFROM b;\n\nSELECT 2;\n")).toEqual([
      "SELECT ';' AS a\nFROM b",
      'SELECT 2',
    ]);
  });
});
