import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { runCommand } from '../lab/stack/install/run-command.js';
import { packageRoot } from '../service/package-root.js';

const lockOf = (version: string): string =>
  JSON.stringify({
    packages: {
      '': { name: 'tree' },
      'node_modules/one': { version, integrity: `sha512-${version}` },
      'node_modules/for-macs': { version: '1.0.0', integrity: 'sha512-m', optional: true },
    },
  });
const installedOf = (version: string): string =>
  JSON.stringify({
    packages: { 'node_modules/one': { version, integrity: `sha512-${version}` } },
  });

describe('packages that are a link', () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'bootstrap-'));
    cpSync(join(packageRoot(), 'lab/bootstrap'), join(folder, 'tree/lab/bootstrap'), {
      recursive: true,
    });
    mkdirSync(join(folder, 'others'));
    writeFileSync(join(folder, 'others/.package-lock.json'), installedOf('1.0.0'));
    symlinkSync('../others', join(folder, 'tree/node_modules'));
  });

  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  const install = (version: string): Promise<{ code: number; output: string }> => {
    writeFileSync(join(folder, 'tree/package-lock.json'), lockOf(version));
    const program = `import { installNpmPackages } from '${folder}/tree/lab/bootstrap/build.mjs';
      await installNpmPackages();`;
    return runCommand(process.execPath, ['--input-type=module', '--eval', program]);
  };

  it('are used as they are where they are those that are locked, however old', async () => {
    expect(await install('1.0.0')).toEqual({ code: 0, output: '' });
  });

  it('are left alone where they are others', async () => {
    const { code, output } = await install('1.0.1');
    expect(code).not.toBe(0);
    expect(output).toContain('node_modules is a link, to other packages');
    expect(readdirSync(join(folder, 'others'))).toEqual(['.package-lock.json']);
  });
});
