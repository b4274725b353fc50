import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { findCommand, runCommand } from '../lab/stack/index.js';
import { packageRoot } from '../service/package-root.js';
import { firstCertificate } from '../tracker/testing/certificates.js';

describe('the shipped files of HAProxy', () => {
  const folder = mkdtempSync(join(tmpdir(), 'haproxy-files-'));
  const certificate = join(folder, 'viblast.pem');
  writeFileSync(certificate, firstCertificate.certificate + firstCertificate.key);
  afterAll(() => rmSync(folder, { recursive: true }));

  it.each([
    ['haproxy', {}],
    ['haproxy', { VIBLAST_CERTIFICATE: certificate }],
    ['haproxy', { VIBLAST_BALANCE: 'stream' }],
    ['haproxy', { VIBLAST_TRACKERS: 'trackers.test:2911' }],
    ['haproxy', { VIBLAST_TRACKERS: 'trackers.test:2911', VIBLAST_DNS: '127.0.0.1:53' }],
    ['compose', {}],
  ])('deploy/%s/haproxy.cfg is one that HAProxy takes, with %j', async (where, environment) => {
    const file = join(packageRoot(), 'deploy', where, 'haproxy.cfg');
    const { code, output } = await runCommand(
      findCommand('haproxy') ?? 'haproxy',
      ['-c', '-f', file],
      {
        environment,
      },
    );
    expect([code, output]).toEqual([0, 'Configuration file is valid\n']);
    // Tokens and sessions stand in URLs, behind the path.
    expect(readFileSync(file, 'utf8')).not.toMatch(/httplog|%(?:\{[^}]*\})?(?:r|HU|HQ)\b/);
  });
});
