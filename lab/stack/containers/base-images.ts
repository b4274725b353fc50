import { chmodSync, copyFileSync, cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { debootstrap } from '../install/debootstrap.js';
import { must } from '../install/must.js';
import { runCommand } from '../install/run-command.js';

/** What the images are built on. */
export interface BaseImages {
  readonly debian: string;
  readonly node: string;
}

/** As the Dockerfiles have them by themselves. */
const publicImages: BaseImages = {
  debian: 'debian:bookworm-slim',
  node: 'node:24-bookworm-slim',
};
/**
 * Made here, with this machine's package sources, certificates and npm registry in them: they are
 * for this machine alone.
 */
const localImages: BaseImages = {
  debian: 'viblast-lab/base-debian',
  node: 'viblast-lab/base-node',
};
const nodeMajor = 24;
const pullSecondsMax = 60;

/** The public images where the engine has or gets them, else some like them that are made here. */
export async function baseImages(say: (line: string) => void): Promise<BaseImages> {
  if (await haveAll(publicImages)) return publicImages;
  if (await haveAll(localImages)) return localImages;
  say(`fetching ${publicImages.debian} and ${publicImages.node}`);
  if ((await pulls(publicImages.debian)) && (await pulls(publicImages.node))) return publicImages;
  say('no registry has them for us: making a Debian by debootstrap, and one with Node.js');
  await makeLocalImages();
  return localImages;
}

async function haveAll({ debian, node }: BaseImages): Promise<boolean> {
  const { code } = await runCommand('docker', ['image', 'inspect', debian, node]);
  return code === 0;
}

async function pulls(image: string): Promise<boolean> {
  const { code } = await runCommand('timeout', [`${pullSecondsMax}`, 'docker', 'pull', image]);
  return code === 0;
}

async function makeLocalImages(): Promise<void> {
  const root = mkdtempSync(join(tmpdir(), 'viblast-base-'));
  try {
    await debootstrap(root, ['ca-certificates']);
    await knowSources(root);
    await importImage(root, localImages.debian, []);
    await addNode(root);
    const certificates = 'ENV NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt';
    await importImage(root, localImages.node, ['--change', certificates]);
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

/** Where this machine's apt gets packages from, and whom it trusts. */
async function knowSources(root: string): Promise<void> {
  const format = '$(CREATED_BY) deb $(REPO_URI) $(RELEASE) $(COMPONENT)';
  const targets = await runCommand('apt-get', ['indextargets', '--format', format]);
  const sources = targets.output.split('\n').filter((line) => line.startsWith('Packages '));
  const lines = new Set(sources.map((line) => line.replace('Packages ', '')));
  writeFileSync(join(root, 'etc/apt/sources.list'), `${[...lines].join('\n')}\n`);
  const { output } = await runCommand('apt-config', ['dump']);
  const access = output.split('\n').filter((line) => /^Acquire::(http|https|Retries)/.test(line));
  writeFileSync(join(root, 'etc/apt/apt.conf.d/99host'), `${access.join('\n')}\n`);
  const certificates = 'etc/ssl/certs/ca-certificates.crt';
  copyFileSync(join('/', certificates), join(root, certificates));
}

/**
 * Node.js from npm's package of it, or else the one that runs this; and the npm of this machine.
 */
async function addNode(root: string): Promise<void> {
  const local = join(root, 'usr/local');
  for (const folder of ['bin', 'etc', 'lib/node_modules']) {
    mkdirSync(join(local, folder), { recursive: true });
  }
  const node = join(local, 'bin/node');
  copyFileSync(process.execPath, node);
  const download = mkdtempSync(join(tmpdir(), 'viblast-node-'));
  const packed = `node-linux-${process.arch}@${nodeMajor}`;
  const installed = await runCommand('npm', ['install', '--prefix', download, packed]);
  if (installed.code === 0) {
    const [name = ''] = packed.split('@');
    copyFileSync(join(download, 'node_modules', name, 'bin/node'), node);
  }
  rmSync(download, { recursive: true, force: true });
  chmodSync(node, 0o755);
  const npmRoot = await runCommand('npm', ['root', '--global']);
  cpSync(join(npmRoot.output.trim(), 'npm'), join(local, 'lib/node_modules/npm'), {
    recursive: true,
    dereference: true,
  });
  symlinkSync('../lib/node_modules/npm/bin/npm-cli.js', join(local, 'bin/npm'));
  const registry = await runCommand('npm', ['config', 'get', 'registry']);
  const settings = [
    `registry=${registry.output.trim()}`,
    'cafile=/etc/ssl/certs/ca-certificates.crt',
  ];
  writeFileSync(join(local, 'etc/npmrc'), `${settings.join('\n')}\n`);
}

async function importImage(root: string, tag: string, changes: readonly string[]): Promise<void> {
  const archive = `${root}.tar`;
  try {
    await must('tar', ['-C', root, '-cf', archive, '.']);
    await must('docker', ['import', ...changes, archive, tag]);
  } finally {
    rmSync(archive, { force: true });
  }
}
