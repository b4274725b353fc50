// What `npm run stack`, `npm run demo` and `npm test` start: makes the program runnable (packages,
// compiler, the portal's page), then runs it. Node's own modules only: there may be no others yet.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { constants, setPriority, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { clearInterval, setInterval } from 'node:timers';

const root = resolve(import.meta.dirname ?? '.', '..');
const minimumNode = [20, 19];
const exits = { usage: 64, unavailable: 69, internal: 70 };
const say = (line) => process.stderr.write(`${line}\n`);
process.stderr.on('error', () => undefined);

class Failure extends Error {
  constructor(message, code) {
    super(message);
    this.code = code;
  }
}

// Children that are running: signals go on to them, and we end when they have.
const children = new Set();
let stopSignal;
function stop(signal) {
  stopSignal ??= signal;
  for (const { child, isProgram } of children) {
    // Tools may have been started with SIGINT ignored, and leave nothing that has to be ended in
    // order.
    child.kill(isProgram ? signal : 'SIGTERM');
  }
}
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => stop(signal));
if (process.env['npm_lifecycle_event'] !== undefined) {
  // An npm that is killed can't pass anything on; its children then belong to somebody else.
  const npm = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid === npm) return;
    clearInterval(watch);
    stop('SIGTERM');
  }, 500);
  watch.unref();
}

function refuseWhenStopped() {
  if (stopSignal !== undefined) throw new Failure('stopped', 128 + constants.signals[stopSignal]);
}

/**
 * Runs a command to its end; resolves with its exit code (128 + number after a signal) and output.
 */
async function run(command, args, options = {}) {
  refuseWhenStopped();
  const stdio = options.stdio ?? ['ignore', 'pipe', 'pipe'];
  const child = spawn(command, args, { cwd: root, stdio, env: { ...process.env, ...options.env } });
  if (options.givesWay === true && child.pid !== undefined) giveWay(child.pid);
  const entry = { child, isProgram: options.isProgram === true };
  children.add(entry);
  const output = [];
  child.stdout?.on('data', (chunk) => output.push(chunk));
  child.stderr?.on('data', (chunk) => output.push(chunk));
  try {
    const result = await new Promise((done) => {
      child.once('error', (error) => done({ code: 127, output: error.message }));
      child.once('close', (code, signal) =>
        done({
          code: code ?? 128 + (constants.signals[signal] ?? 0),
          output: Buffer.concat(output).toString(),
        }),
      );
    });
    // A tool that ended because we were told to stop has nothing to tell.
    if (!entry.isProgram) refuseWhenStopped();
    return result;
  } finally {
    children.delete(entry);
  }
}

/** What only computes lets what waits for servers go first, without being starved by it. */
function giveWay(pid) {
  try {
    setPriority(pid, constants.priority.PRIORITY_BELOW_NORMAL);
  } catch {
    // It has ended already.
  }
}

function runNode(args, options) {
  return run(process.execPath, args, options);
}

function bin(...path) {
  return join(root, 'node_modules', ...path);
}

function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > minimumNode[0] || (major === minimumNode[0] && minor >= minimumNode[1])) return;
  const needed = minimumNode.join('.');
  throw new Failure(
    `Node.js ${needed} or newer is needed; this is ${process.version}`,
    exits.unavailable,
  );
}

/** Runs `work` alone among all bootstraps of this tree; the kernel frees the lock if we die. */
async function alone(work) {
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

async function installNpmPackages() {
  const installed = bin('.package-lock.json');
  const isMissing = !existsSync(installed);
  if (!isMissing && changedAt(installed) >= changedAt(join(root, 'package-lock.json'))) return;
  const reason = isMissing ? 'there are none yet' : 'package-lock.json has changed';
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
  const now = new Date();
  utimesSync(installed, now, now);
}

const isBuilt = (stamp, newest) => changedAt(stamp) > newest;

/** The stamp has the time before the build, so that what changes meanwhile is built next time. */
function writeStamp(stamp, time) {
  writeFileSync(stamp, '');
  utimesSync(stamp, time, time);
}

async function compile(isChecked) {
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

async function buildPage() {
  const web = join(root, 'portal-api', 'web');
  const config = join(web, 'vite.config.ts');
  if (!existsSync(config)) return;
  const stamp = join(root, 'dist', '.page-built');
  if (
    isBuilt(
      stamp,
      newestChange(web, () => true),
    )
  )
    return;
  say("building the portal's page");
  const time = new Date();
  const result = await runNode([
    bin('vite', 'bin', 'vite.js'),
    'build',
    web,
    ...['--config', config, '--outDir', join(root, 'dist', 'portal-api', 'web')],
    ...['--emptyOutDir', '--logLevel', 'warn'],
  ]);
  if (result.code !== 0) {
    throw new Failure(`the portal's page does not build:\n${result.output}`, exits.internal);
  }
  writeStamp(stamp, time);
}

/** Runs a part of the program with our input and output; it ends with us, whatever ends us. */
async function runProgram(path, args) {
  const stdio = ['inherit', 'inherit', 'inherit', 'ipc'];
  const { code } = await runNode(['--enable-source-maps', path, ...args], {
    stdio,
    isProgram: true,
  });
  return code;
}

const staticChecks = [
  ['types', [bin('typescript', 'bin', 'tsc'), '--noEmit', '-p', 'tsconfig.json']],
  [
    "types of the portal's page",
    [bin('typescript', 'bin', 'tsc'), '--noEmit', '-p', join('portal-api', 'web', 'tsconfig.json')],
  ],
  ['eslint', [bin('eslint', 'bin', 'eslint.js'), '.', '--max-warnings', '0']],
  ['prettier', [bin('prettier', 'bin', 'prettier.cjs'), '--check', '--log-level', 'warn', '.']],
  ['knip', [bin('knip', 'bin', 'knip.js')]],
  ['jscpd', [bin('jscpd', 'run-jscpd.js'), '.']],
];

/**
 * One after the other, each counts as one test; they give way to the tests that run beside them.
 */
async function runStaticChecks() {
  const totals = { passed: 0, failed: 0 };
  for (const [name, args] of staticChecks) {
    const { code, output } = await runNode(args, { givesWay: true });
    say(`${code === 0 ? 'PASS' : 'FAIL'} ${name}`);
    if (code === 0) totals.passed += 1;
    else {
      totals.failed += 1;
      say(output.trimEnd());
    }
  }
  return totals;
}

/** More than a small machine has cores: the integration tests mostly wait. */
const testWorkers = 5;

async function runJest(args) {
  const report = join(tmpdir(), `viblast-jest-${process.pid}.json`);
  try {
    const { code } = await runNode(
      [
        ...['--experimental-vm-modules', '--disable-warning=ExperimentalWarning'],
        bin('jest', 'bin', 'jest.js'),
        ...['--json', `--outputFile=${report}`, `--maxWorkers=${testWorkers}`],
        ...args,
      ],
      // The report goes to the file; jest would print it to stdout too if that were ours.
      { stdio: ['ignore', 'ignore', 'inherit'] },
    );
    if (!existsSync(report)) return { passed: 0, failed: 1 };
    const result = JSON.parse(readFileSync(report, 'utf8'));
    const failed = result.numFailedTests + result.numRuntimeErrorTestSuites;
    // A run that failed as a whole (open handles, thresholds, teardown) is a failure as well.
    return { passed: result.numPassedTests, failed: failed === 0 && code !== 0 ? 1 : failed };
  } finally {
    rmSync(report, { force: true });
  }
}

async function installForTests() {
  const install = join(root, 'dist', 'lab', 'stack', 'install', 'main.js');
  const code = await runProgram(install, ['--tests']);
  if (code !== 0) throw new Failure('what the tests need could not be installed', code);
}

/** Without arguments everything; with arguments they are Jest's, and Jest runs alone. */
async function runTests(args) {
  const parts = [
    args.length === 0 ? runStaticChecks() : { passed: 0, failed: 0 },
    installForTests().then(() => runJest(args)),
  ];
  try {
    const [checks, tests] = await Promise.all(parts);
    const passed = checks.passed + tests.passed;
    const failed = checks.failed + tests.failed;
    process.stdout.write(`${passed} passed, ${failed} failed\n`);
    return failed === 0 && passed > 0 ? 0 : 1;
  } catch (error) {
    stop('SIGTERM');
    throw error;
  }
}

/** `bench NAME …` runs the program of lab/bench/NAME. */
function runBenchmark([benchmark = '', ...args]) {
  const path = join(root, 'dist', 'lab', 'bench', benchmark, 'main.js');
  if (!/^[a-z]+$/.test(benchmark) || !existsSync(path)) {
    throw new Failure(`there is no benchmark '${benchmark}' in lab/bench/`, exits.usage);
  }
  return runProgram(path, args);
}

const programs = {
  bench: runBenchmark,
  stack: (args) => runProgram(join(root, 'dist', 'lab', 'stack', 'main.js'), args),
  demo: (args) => runProgram(join(root, 'dist', 'lab', 'demo', 'main.js'), args),
  faults: (args) => runProgram(join(root, 'dist', 'lab', 'faults', 'main.js'), args),
  simulation: (args) => runProgram(join(root, 'dist', 'lab', 'simulation', 'main.js'), args),
  test: runTests,
};

const [name, ...args] = process.argv.slice(2);
try {
  const program = programs[name];
  if (program === undefined) {
    throw new Failure(`use: bootstrap.mjs ${Object.keys(programs).join('|')} …`, exits.usage);
  }
  checkNode();
  await alone(async () => {
    await installNpmPackages();
    // A whole test run checks the types of everything itself, beside the tests.
    const isChecked = name !== 'test' || args.length > 0;
    const builds = [compile(isChecked), buildPage()];
    // Both have ended before anybody else may build.
    await Promise.allSettled(builds);
    await Promise.all(builds);
  });
  process.exitCode = await program(args);
} catch (error) {
  say(error instanceof Failure ? error.message : String(error?.stack ?? error));
  process.exitCode = error instanceof Failure ? error.code : exits.internal;
}
