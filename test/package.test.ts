import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { packageRoot } from '../service/package-root.js';

const text = readFileSync(join(packageRoot(), 'package.json'), 'utf8');
const manifest = JSON.parse(text) as {
  readonly files: readonly string[];
  readonly dependencies: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly bundleDependencies: readonly string[];
};

describe('the tarball of npm pack', () => {
  it('has all packages in it, so that a host needs neither npm nor a registry', () => {
    const { dependencies, optionalDependencies = {}, bundleDependencies } = manifest;
    const needed = [...Object.keys(dependencies), ...Object.keys(optionalDependencies)];
    expect([...bundleDependencies].toSorted()).toEqual(needed.toSorted());
  });

  it('has what runs, and nothing of the lab or of tests', () => {
    const taken = manifest.files.filter((path) => !path.startsWith('!'));
    expect(taken).toEqual(['bin', 'dist', 'schemas/avro', 'clickhouse/migrations', 'deploy']);
    for (const path of taken.filter((one) => one !== 'dist')) {
      expect([path, existsSync(join(packageRoot(), path))]).toEqual([path, true]);
    }
    const left = ['!dist/lab', '!dist/**/testing', '!dist/**/*.test.*', '!deploy/compose/secrets'];
    expect(manifest.files).toEqual(expect.arrayContaining(left));
  });
});
