import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { packageRoot } from '../service/package-root.js';

const textOf = (...path: string[]): string => readFileSync(join(packageRoot(), ...path), 'utf8');

describe('docs/compatibility.md', () => {
  it('has a row for each published client that the tests run, with its version', () => {
    const { dependencies } = JSON.parse(textOf('lab', 'clients', 'package.json')) as {
      readonly dependencies: Readonly<Record<string, string>>;
    };
    const rows = textOf('docs', 'compatibility.md')
      .split('\n')
      .map((row) => row.split('|').map((cell) => cell.trim()));
    const told = rows.map(
      ([, client, version]) => `npm:${client?.slice(1, -1) ?? ''}@${version ?? ''}`,
    );
    const run = Object.values(dependencies).filter((version) => version.startsWith('npm:'));
    expect(told).toEqual(expect.arrayContaining(run));
    expect(run.length).toBeGreaterThanOrEqual(5);
  });
});
