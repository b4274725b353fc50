import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { installPackages, type Need } from '../install/debian-packages.js';
import { must } from '../install/must.js';
import { findCommand, runCommand } from '../install/run-command.js';
import { FolderLock } from '../process/folder-lock.js';
import type { Supervisor } from '../process/supervisor.js';

const engineNeed: Need = {
  command: 'dockerd',
  package: 'docker.io',
  why: 'the stack runs in containers',
};
/** A part of the engine's package before Debian 13. */
const clientNeed: Need = { command: 'docker', package: 'docker-cli', why: 'it asks the engine' };
/** Its images stay for the next run: making them takes minutes. */
const keptFolder = '/var/cache/viblast-lab/containers';
/** At one place always, for whoever has talked to a former one of the same process. */
const runFolder = '/run/viblast-lab';

/**
 * Sees to it that an engine answers the client of this process and of those that it starts: the one
 * that runs already, or else one that the supervisor starts and ends. That one makes no networks
 * and touches no firewall: all containers are on the host's. `onEnded` is called when it has.
 */
export async function openEngine(supervisor: Supervisor, onEnded: () => void): Promise<void> {
  if (await answers()) return;
  for (const need of [engineNeed, clientNeed]) {
    await installPackages([need], (line) => supervisor.say(line));
  }
  supervisor.say('starting an engine for containers, since none answers');
  mkdirSync(keptFolder, { recursive: true });
  const lock = FolderLock.take(keptFolder);
  mkdirSync(runFolder, { recursive: true });
  const host = `unix://${join(runFolder, 'docker.sock')}`;
  process.env['DOCKER_HOST'] = host;
  const engine = supervisor.define({
    name: 'dockerd',
    // What it mounts is there for it and its containers alone, and goes with it.
    command: 'unshare',
    args: [
      '--mount',
      '--propagation=private',
      findCommand('dockerd') ?? 'dockerd',
      `--host=${host}`,
      `--data-root=${join(keptFolder, 'data')}`,
      `--exec-root=${join(runFolder, 'exec')}`,
      `--pidfile=${join(runFolder, 'docker.pid')}`,
      '--bridge=none',
      '--iptables=false',
      '--ip6tables=false',
      '--ip-forward=false',
      '--ip-masq=false',
    ],
    isReady: async () => (await answers()) || 'it does not answer',
  });
  try {
    await engine.start();
  } catch (error) {
    lock.release();
    throw error;
  }
  void engine.exited.then(() => {
    delete process.env['DOCKER_HOST'];
    lock.release();
    onEnded();
  });
  // What a run left that was killed, and what former builds left.
  await must('docker', ['container', 'prune', '--force']);
  await must('docker', ['image', 'prune', '--force', '--filter=until=24h']);
}

async function answers(): Promise<boolean> {
  const { code } = await runCommand('docker', ['version']);
  return code === 0;
}
