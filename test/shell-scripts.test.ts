import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { findCommand, runCommand } from '../lab/stack/install/run-command.js';
import { packageRoot } from '../service/package-root.js';

const root = packageRoot();
const filesOf = (folder: string): string[] =>
  readdirSync(join(root, folder)).map((name) => `${folder}/${name}`);
const initScripts = filesOf('deploy/init.d');
const programs = [
  ...filesOf('bin').filter((path) => !path.endsWith('.sh')),
  ...initScripts,
  'deploy/install.sh',
  'deploy/compose/make-secrets.sh',
];

describe('the scripts for who operates it', () => {
  it.each(programs)('%s can be run, by any POSIX shell', async (path) => {
    expect(readFileSync(join(root, path), 'utf8')).toMatch(/^#!\/bin\/sh\n/);
    expect(statSync(join(root, path)).mode & 0o111).toBe(0o111);
    expect(await runCommand('sh', ['-n', join(root, path)])).toEqual({ code: 0, output: '' });
  });

  it.each(programs)('%s has nothing that shellcheck complains of', async (path) => {
    const shellcheck = findCommand('shellcheck') ?? '';
    const args = ['--external-sources', '--source-path=SCRIPTDIR', join(root, path)];
    expect(await runCommand(shellcheck, args)).toEqual({ code: 0, output: '' });
  });

  it.each(initScripts)('%s has the header by which init orders it', (path) => {
    const text = readFileSync(join(root, path), 'utf8');
    const header = /### BEGIN INIT INFO\n([^]*?)### END INIT INFO/.exec(text)?.[1] ?? '';
    for (const key of [
      'Provides',
      'Required-Start',
      'Required-Stop',
      'Default-Start',
      'Default-Stop',
    ]) {
      expect(header).toMatch(new RegExp(`^# ${key}: +\\S`, 'm'));
    }
    expect(header).toContain(`Provides:          ${path.split('/').at(-1) ?? ''}\n`);
  });
});
