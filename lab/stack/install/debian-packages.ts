import {
  chmodSync,
  existsSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { exitCode, StartError } from '../../../service/errors.js';
import { withLock } from '../../../service/with-lock.js';
import { findCommand, runCommand, type CommandResult } from './run-command.js';

export interface Need {
  /** There when the package is. */
  readonly command: string;
  readonly package: string;
  readonly why: string;
}

export const stackNeeds: readonly Need[] = [
  { command: 'haproxy', package: 'haproxy', why: 'it spreads viewers over trackers' },
  { command: 'carbon-cache', package: 'graphite-carbon', why: 'it keeps the metrics' },
  { command: 'graphite-manage', package: 'graphite-web', why: 'it answers for the metrics' },
  { command: 'gunicorn', package: 'gunicorn', why: 'it serves graphite-web' },
  { command: 'java', package: 'default-jre-headless', why: 'Kafka runs on it' },
];
export const opensslNeed: Need = {
  command: 'openssl',
  package: 'openssl',
  why: 'it makes the certificates of a secured Kafka',
};
export const mavenNeed: Need = {
  command: 'mvn',
  package: 'maven',
  why: "it fetches Kafka's jars",
};
export const browserNeed: Need = {
  command: 'chromium-headless-shell',
  package: 'chromium-headless-shell',
  why: 'the end-to-end test opens the portal with it',
};
export const firefoxNeed: Need = {
  command: 'firefox-esr',
  package: 'firefox-esr',
  why: "the portal's pages are opened with it too",
};
export const prometheusNeed: Need = {
  command: 'promtool',
  package: 'prometheus',
  why: 'it tests the alert rules',
};

export const unitsNeed: Need = {
  command: 'systemd-analyze',
  package: 'systemd',
  why: "it checks systemd's units; it is not run as init",
};
export const shellNeed: Need = {
  command: 'shellcheck',
  package: 'shellcheck',
  why: 'it checks the scripts',
};

/** Locked while we install, as a folder: dpkg's own locks are files in it. */
const packageDatabase = '/var/lib/dpkg';
const listsFolder = '/var/lib/apt/lists';
const listsAgeMsMax = 24 * 3_600_000;
const aptEnvironment = { DEBIAN_FRONTEND: 'noninteractive' };

/**
 * Installs the packages whose command is missing, as root with apt-get. Says each, and why. Without
 * root, or where there is no apt-get, throws a StartError (unavailable) with the line to run.
 */
export async function installPackages(
  needs: readonly Need[],
  say: (line: string) => void,
): Promise<void> {
  if (missing(needs).length === 0) return;
  if (process.getuid?.() !== 0 || findCommand('apt-get') === undefined) {
    throw new StartError('packages_missing', whatToRun(missing(needs)), exitCode.unavailable);
  }
  await withLock(packageDatabase, async () => {
    // Another stack may have installed them meanwhile.
    const wanted = missing(needs);
    if (wanted.length === 0) return;
    for (const need of wanted) say(`installing Debian package ${need.package}: ${need.why}`);
    await withoutServiceStarts(() => installWithApt(wanted));
  });
}

function missing(needs: readonly Need[]): readonly Need[] {
  return needs.filter((need) => findCommand(need.command) === undefined);
}

function installCommand(needs: readonly Need[]): string {
  return `apt-get install -y --no-install-recommends ${needs.map((need) => need.package).join(' ')}`;
}

function whatToRun(needs: readonly Need[]): string {
  const reasons = needs.map((need) => `${need.package} (${need.why})`).join(', ');
  return `missing: ${reasons}. Run as root: apt-get update && ${installCommand(needs)}`;
}

async function installWithApt(needs: readonly Need[]): Promise<void> {
  let isFresh = false;
  if (areListsOld()) {
    await aptGet(['update']);
    isFresh = true;
  }
  const packages = needs.map((need) => need.package);
  const args = ['install', '-y', '--no-install-recommends', ...packages];
  let result = await aptGet(args);
  if (result.code !== 0 && !isFresh) {
    // The lists name versions that the mirror may have replaced.
    await aptGet(['update']);
    result = await aptGet(args);
  }
  const stillMissing = missing(needs);
  if (result.code === 0 && stillMissing.length === 0) return;
  const lines = result.output.trimEnd().split('\n').slice(-10).join('\n');
  throw new StartError(
    'packages_missing',
    `${installCommand(needs)} failed with code ${result.code}:\n${lines}`,
    exitCode.unavailable,
  );
}

function aptGet(args: readonly string[]): Promise<CommandResult> {
  const options = ['-q', '-o', 'DPkg::Lock::Timeout=300', '-o', 'Dpkg::Use-Pty=0'];
  return runCommand('apt-get', [...options, ...args], { environment: aptEnvironment });
}

function areListsOld(): boolean {
  if (!existsSync(listsFolder)) return true;
  if (!readdirSync(listsFolder).some((name) => name.includes('_Packages'))) return true;
  return Date.now() - statSync(listsFolder).mtimeMs > listsAgeMsMax;
}

const policyPath = '/usr/sbin/policy-rc.d';
const savedPolicyPath = `${policyPath}.before-viblast`;

/**
 * Packages start their services when they are installed; the stack runs its own on its own ports.
 * Debian asks policy-rc.d first: while `work` runs, it forbids, and then it is as it was.
 */
async function withoutServiceStarts(work: () => Promise<void>): Promise<void> {
  restorePolicy();
  const hadPolicy = existsSync(policyPath);
  if (hadPolicy) {
    const verdict = await runCommand(policyPath, ['haproxy', 'start']);
    if (verdict.code === 101) {
      await work();
      return;
    }
    renameSync(policyPath, savedPolicyPath);
  }
  writeFileSync(policyPath, '#!/bin/sh\nexit 101\n');
  chmodSync(policyPath, 0o755);
  try {
    await work();
  } finally {
    rmSync(policyPath, { force: true });
    restorePolicy();
  }
}

/** Also after an installation that was interrupted. */
function restorePolicy(): void {
  if (existsSync(savedPolicyPath)) renameSync(savedPolicyPath, policyPath);
}
