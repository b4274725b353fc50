import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { imageTag } from '../../lab/stack/containers/images.js';
import { must, runCommand } from '../../lab/stack/index.js';
import { eventually } from '../integration/testing/ingest-support.js';

/** With the network of nobody: its ports are its own there. */
const asComposeHasIt = [
  '--network=none',
  '--init',
  '--read-only',
  '--tmpfs=/tmp',
  '--cap-drop=ALL',
  '--security-opt=no-new-privileges',
  '--env=GRAPHITE_SECRET_KEY_FILE=/run/secrets/graphite-secret-key',
];

describe('the image of Graphite, as docker-compose.yml runs it', () => {
  const folder = mkdtempSync(join(tmpdir(), 'graphite-image-'));
  const secret = join(folder, 'graphite-secret-key');
  let container = '';
  const inside = (script: string): ReturnType<typeof runCommand> =>
    runCommand('docker', ['exec', container, 'bash', '-c', script]);

  beforeAll(async () => {
    writeFileSync(secret, '0123456789abcdef');
    chmodSync(secret, 0o444);
    const mounted = `--volume=${secret}:/run/secrets/graphite-secret-key:ro`;
    const args = ['run', '--detach', ...asComposeHasIt, mounted, imageTag('graphite')];
    container = (await must('docker', args)).trim();
  }, 60_000);

  afterAll(async () => {
    await must('docker', ['rm', '--force', '--volumes', container]);
    rmSync(folder, { recursive: true });
  }, 60_000);

  it('becomes well, and renders what carbon was told', async () => {
    const ports = 'exec 3<>/dev/tcp/127.0.0.1/2003 4<>/dev/tcp/127.0.0.1/8000';
    await eventually('it is well', async () => (await inside(ports)).code === 0, 60_000);
    const second = Math.floor(Date.now() / 60_000) * 60;
    const told = await inside(`echo "image.value 42 ${second}" > /dev/tcp/127.0.0.1/2003`);
    expect(told).toEqual({ code: 0, output: '' });
    const url = 'http://127.0.0.1:8000/render?target=image.value&format=json&from=-10min';
    const script = `import urllib.request as r; print(r.urlopen("${url}").read().decode())`;
    await eventually('it is rendered', async () =>
      (await inside(`python3 -c '${script}'`)).output.includes(`[42.0, ${second}]`),
    );
  }, 120_000);

  it('runs as a user of its own', async () => {
    expect((await inside('id --user --name')).output.trim()).toBe('_graphite');
  }, 30_000);
});
