import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { findCommand, runCommand } from '../lab/stack/index.js';
import { packageRoot } from '../service/package-root.js';
import { firstCertificate } from '../tracker/testing/certificates.js';

const examples = join(packageRoot(), 'deploy', 'examples');
const mains = new Map([
  ['tracker', 'tracker'],
  ['rollup', 'rollup'],
  ['ingest', 'ingest'],
  ['portal', 'portal-api'],
]);

describe.each(readdirSync(examples))('deploy/examples/%s', (example) => {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'examples-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  /** A file that settings name, under this test's folder. */
  function standIn(path: string): string {
    const file = join(folder, path);
    mkdirSync(dirname(file), { recursive: true });
    const isPem = path.endsWith('.pem');
    // A registry's key has 43 characters, which will do for every other secret.
    writeFileSync(
      file,
      isPem ? firstCertificate.certificate + firstCertificate.key : 'k'.repeat(43),
    );
    return file;
  }

  it.each([...mains])('has settings of a %s that it starts with', async (service, main) => {
    const etc = join(folder, 'etc');
    cpSync(join(examples, example, 'etc'), etc, { recursive: true });
    const given: Record<string, unknown> = {};
    for (const name of ['common', service]) {
      const path = join(etc, `${name}.json`);
      const text = readFileSync(path, 'utf8').replaceAll(/\/opt\/viblast\/etc\/[\w/.-]+/g, standIn);
      writeFileSync(path, text);
      Object.assign(given, JSON.parse(text));
    }
    const program = join(packageRoot(), 'dist', main, 'main.js');
    const { code, output } = await runCommand(process.execPath, [
      program,
      '--config',
      etc,
      '--print-config',
    ]);
    expect([code, code === 0 ? '' : output]).toEqual([0, '']);
    const settings = JSON.parse(output) as Readonly<Record<string, unknown>>;
    for (const [name, value] of Object.entries(given)) {
      const isSecret = name.endsWith('_file') && !(name in settings);
      if (isSecret) expect([name, settings[name.slice(0, -5)]]).toEqual([name, '***']);
      else expect([name, settings[name]]).toEqual([name, value]);
    }
  });

  it('has an environment with which HAProxy takes the shipped file', async () => {
    const lines =
      readFileSync(join(examples, example, 'haproxy.env'), 'utf8').match(/^\w+=.*$/gm) ?? [];
    const environment = Object.fromEntries(
      lines.map((line) => {
        const [name = '', value = ''] = line.split('=');
        return [name, value.endsWith('.pem') ? standIn(basename(value)) : value];
      }),
    );
    const file = join(packageRoot(), 'deploy', 'haproxy', 'haproxy.cfg');
    const haproxy = findCommand('haproxy') ?? 'haproxy';
    expect(await runCommand(haproxy, ['-c', '-f', file], { environment })).toEqual({
      code: 0,
      output: 'Configuration file is valid\n',
    });
  });
});
