import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { readPidFile, type RunningService } from '../../service/pid-file.js';
import type { BareRoot } from './bare-root.js';

/** What there has to be, and isn't; nothing: all is well. */
type Check = (root: BareRoot, settingsBefore: string) => readonly string[];

const prefix = 'opt/viblast';
const user = 'viblast';
const services = ['tracker', 'rollup', 'ingest'];

/** What has come of the page below each of its headings that changes something. */
export const checks: Readonly<Record<string, Check>> = {
  Install: installed,
  'Start by init scripts': (root) => runningAs(root, services),
  'The portal': (root) => missing(root, ['etc/secrets/portal-token', 'data/portal-users.json']),
  'By hand': (root) => runningAs(root, services),
  'Several trackers on a host': (root) => runningAs(root, [...services, 'tracker@2']),
  Upgrade: (root, settings) => [
    ...complainIf(settingsOf(root) !== settings, 'the settings have changed'),
    ...runningAs(root, [...services, 'tracker@2']),
    ...runningFrom(root, services, /-next-[0-9a-f]+$/),
    ...complainIf(versions(root).length !== 2, `there are ${versions(root).join(', ')}`),
  ],
  'Go back': (root, settings) => [
    ...complainIf(settingsOf(root) !== settings, 'the settings have changed'),
    ...runningFrom(root, services, /\d-[0-9a-f]+$/),
  ],
  Uninstall: (root, settings) => [
    ...complainIf(settingsOf(root) !== settings, 'the settings have changed'),
    ...complainIf(alive(root).length > 0, 'something runs still'),
    ...left(root, [`${prefix}/lib`, `${prefix}/bin`, 'etc/init.d/viblast-tracker']),
    ...missing(root, ['etc/tracker.json', 'log/tracker.log', 'data']),
  ],
  'And what it left': gone,
  'As a Debian package': installed,
  'And without it': gone,
};

function installed(root: BareRoot): readonly string[] {
  return [
    ...missing(root, ['bin/vbt', 'bin/vba', 'bin/vba-admin', 'etc/tracker.json', 'lib/current']),
    ...complainIf((userId(root) ?? 0) === 0, `there is no user ${user}, or it is root`),
    ...complainIf(alive(root).length > 0, 'something was started'),
  ];
}

function gone(root: BareRoot): readonly string[] {
  return [
    ...left(root, [prefix]),
    ...complainIf(userId(root) !== undefined, `there is still a user ${user}`),
  ];
}

function complainIf(isWrong: boolean, complaint: string): readonly string[] {
  return isWrong ? [complaint] : [];
}

function isThere(root: BareRoot, path: string): boolean {
  return existsSync(root.path(path));
}

function missing(root: BareRoot, paths: readonly string[]): readonly string[] {
  return paths
    .filter((path) => !isThere(root, `${prefix}/${path}`))
    .map((path) => `/${prefix}/${path} is missing`);
}

function left(root: BareRoot, paths: readonly string[]): readonly string[] {
  return paths.filter((path) => isThere(root, path)).map((path) => `/${path} is still there`);
}

function userId(root: BareRoot): number | undefined {
  const id = new RegExp(`^${user}:[^:]*:(\\d+):`, 'm').exec(root.read('etc/passwd'))?.[1];
  return id === undefined ? undefined : Number(id);
}

function versions(root: BareRoot): readonly string[] {
  const entries = readdirSync(root.path(prefix, 'lib'), { withFileTypes: true });
  return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
}

/** All settings, and who may read them, in one word. */
export function settingsOf(root: BareRoot): string {
  const folder = root.path(prefix, 'etc');
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).toSorted();
  const hash = createHash('sha256');
  for (const file of files.filter((name) => /(?<!2\/common)\.json$/.test(name))) {
    hash.update(`${file}\n${readFileSync(`${folder}/${file}`, 'utf8')}\n`);
  }
  return hash.digest('hex');
}

/** What runs in the root, by the names of pid files. */
export function alive(root: BareRoot): readonly (readonly [string, RunningService])[] {
  if (!isThere(root, `${prefix}/data`)) return [];
  return readdirSync(root.path(prefix, 'data'))
    .filter((name) => name.endsWith('.pid'))
    .flatMap((name) => {
      const found = readPidFile(root.path(prefix, 'data', name));
      if (found.kind !== 'alive') return [];
      return [[name.replace(/\.pid$/, ''), found.running] as const];
    });
}

/** Each is a process within the root, and its user that of the installation. */
function runningAs(root: BareRoot, names: readonly string[]): readonly string[] {
  const running = new Map(alive(root));
  return names.flatMap((name) => {
    const process = running.get(name);
    if (process === undefined) return [`${name} does not run`];
    const status = readFileSync(`/proc/${process.pid}/status`, 'utf8');
    const ids = /^Uid:\s+(.*)$/m.exec(status)?.[1]?.split(/\s+/).map(Number) ?? [];
    return [
      ...complainIf(
        !ids.every((id) => id === userId(root)),
        `${name} runs as the users ${ids.join(', ')}, and ${user} is ${userId(root)}`,
      ),
      ...complainIf(
        readlinkSync(`/proc/${process.pid}/root`) !== root.folder,
        `${name} runs outside of the bare root`,
      ),
    ];
  });
}

function runningFrom(root: BareRoot, names: readonly string[], version: RegExp): readonly string[] {
  const running = new Map(alive(root));
  return names
    .filter((name) => !version.test(running.get(name)?.program ?? ''))
    .map((name) => `${name} runs from ${running.get(name)?.program}`);
}
