// Makes the program runnable: npm packages, compiler, the portal's page.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  lstatSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { bin, exits, Failure, root, run, runNode, say } from './commands.mjs';

/** Runs `work` alone among all bootstraps of this tree; the kernel frees the lock if we die. */
export async function alone(work) {
  const holder = spawn('flock', ['--exclusive', root, 'sh', '-c', 'echo held; exec cat'], {
    stdio: ['pipe', 'pipe', 'ignore'],
    detached: true,
  });
  holder.stdin.on('error', () => undefined);
  const ended = new Promise((done) => holder.once('close', done).once('error', done));
  await Promise.race([once(holder.stdout, 'data'), ended]);
  try {
    return await work();
  } finally {
    holder.stdin.end();
    await ended;
  }
}

function changedAt(path) {
  return existsSync(path) ? statSync(path).mtimeMs : 0;
}

/** The newest change below a folder among the files that `isWanted`. */
function newestChange(folder, isWanted, isSkipped = () => false) {
  let newest = 0;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      if (!isSkipped(path, entry.name)) {
        newest = Math.max(newest, newestChange(path, isWanted, isSkipped));
      }
    } else if (isWanted(entry.name)) newest = Math.max(newest, changedAt(path));
  }
  return newest;
}

/** The packages of a file that npm locks them in, by their folders; without this one itself. */
function lockedPackages(file) {
  const { packages } = JSON.parse(readFileSync(file, 'utf8'));
  return new Map(Object.entries(packages).filter(([folder]) => folder !== ''));
}

/** Whether the packages that are there are those that are locked; optional ones may be missing. */
function areInstalled(installed) {
  const wanted = lockedPackages(join(root, 'package-lock.json'));
  const present = lockedPackages(installed);
  return (
    [...present.keys()].every((folder) => wanted.has(folder)) &&
    [...wanted].every(([folder, { version, integrity, optional }]) => {
      const found = present.get(folder);
      if (found === undefined) return optional === true;
      return found.version === version && found.integrity === integrity;
    })
  );
}

export async function installNpmPackages() {
  const installed = bin('.package-lock.json');
  const isMissing = !existsSync(installed);
  if (!isMissing && areInstalled(installed)) return;
  const packages = lstatSync(bin(), { throwIfNoEntry: false });
  if (packages?.isSymbolicLink() === true) {
    // npm would empty what it leads to, which is somebody else's.
    throw new Failure(
      `node_modules is a link, to other packages than package-lock.json names: remove the link, or install them where it leads to (${readlinkSync(bin())})`,
      exits.unavailable,
    );
  }
  const reason = isMissing ? 'there are none yet' : 'package-lock.json names others';
  say(`installing npm packages (npm ci): ${reason}`);
  const npm = process.env['npm_execpath'];
  const args = ['ci', '--no-audit', '--no-fund', '--loglevel=error'];
  const result =
    npm !== undefined && /\.c?js$/.test(npm) && existsSync(npm)
      ? await runNode([npm, ...args])
      : await run('npm', args);
  if (result.code === 127) {
    throw new Failure('npm is missing: install it together with Node.js', exits.unavailable);
  }
  if (result.code !== 0) {
    throw new Failure(
      `npm ci failed with code ${result.code}:\n${result.output}`,
      exits.unavailable,
    );
  }
}

const isBuilt = (stamp, newest) => changedAt(stamp) > newest;

/** The stamp has the time before the build, so that what changes meanwhile is built next time. */
function writeStamp(stamp, time) {
  writeFileSync(stamp, '');
  utimesSync(stamp, time, time);
}

export async function compile(isChecked) {
  const stamp = join(root, 'dist', '.compiled');
  const isSkipped = (path, name) =>
    ['node_modules', 'coverage', 'test'].includes(name) ||
    /^(dist|\.)/.test(name) ||
    path === join(root, 'portal-api', 'web');
  const isWanted = (name) => /(?<!\.test)\.ts$/.test(name) || /^tsconfig.*\.json$/.test(name);
  if (isBuilt(stamp, newestChange(root, isWanted, isSkipped))) return;
  say('compiling');
  const time = new Date();
  const args = ['-p', 'tsconfig.lab.json', ...(isChecked ? [] : ['--noCheck'])];
  const result = await runNode([bin('typescript', 'bin', 'tsc'), ...args]);
  if (result.code !== 0) {
    throw new Failure(`the program does not compile:\n${result.output}`, exits.internal);
  }
  writeStamp(stamp, time);
}

export async function buildPage() {
  const web = join(root, 'portal-api', 'web');
  const config = join(web, 'vite.config.ts');
  if (!existsSync(config)) return;
  const stamp = join(root, 'dist', '.page-built');
  // Of the portal it takes the tables of figures.
  const portal = join(root, 'portal-api');
  if (
    isBuilt(
      stamp,
      newestChange(portal, () => true),
    )
  )
    return;
  say("building the portal's page");
  const time = new Date();
  const result = await runNode([
    bin('vite', 'bin', 'vite.js'),
    'build',
    web,
    '--config',
    config,
    '--outDir',
    join(root, 'dist', 'portal-api', 'web'),
    '--emptyOutDir',
    '--logLevel',
    'warn',
  ]);
  if (result.code !== 0) {
    throw new Failure(`the portal's page does not build:\n${result.output}`, exits.internal);
  }
  writeStamp(stamp, time);
}
