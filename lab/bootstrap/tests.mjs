// What `npm test` runs: Jest; and what `npm run check` runs.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bin, Failure, root, runNode, runProgram, say } from './commands.mjs';

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

/** Two at a time, each counts as one test. */
export async function runStaticChecks() {
  const totals = { passed: 0, failed: 0 };
  const waiting = [...staticChecks];
  const worker = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const [name, args] = next;
      const { code, output } = await runNode(args);
      say(`${code === 0 ? 'PASS' : 'FAIL'} ${name}`);
      if (code === 0) totals.passed += 1;
      else {
        totals.failed += 1;
        say(output.trimEnd());
      }
    }
  };
  await Promise.all([worker(), worker()]);
  return exitCodeOf(totals);
}

/** What takes minutes by itself has a command of its own. */
const allBut = ['--selectProjects', 'unit', 'integration'];
/** With STACK=containers the images are there, and are looked at too. */
if (process.env['STACK'] === 'containers') allBut.push('containers');

/** How many test files at a time where a Node.js process is there within so many milliseconds. */
const workersByStart = [
  { startMs: 80, workers: 7 },
  { startMs: 100, workers: 5 },
];
const workersMin = 3;

/**
 * More than a small machine has cores: the integration tests mostly wait. Fewer where processes
 * start slowly: each test would wait for its turn until its bounds of time are over.
 */
function testWorkers() {
  const startsMs = Array.from({ length: 7 }, () => {
    const beganMs = Date.now();
    spawnSync(process.execPath, ['-e', '0']);
    return Date.now() - beganMs;
  });
  const startMs = startsMs.toSorted((left, right) => left - right)[startsMs.length >> 1];
  const quick = workersByStart.find((step) => startMs < step.startMs);
  const workers = quick?.workers ?? workersMin;
  say(`Node.js starts in ${startMs} ms: ${workers} test files at a time`);
  return workers;
}

async function runJest(args) {
  const report = join(tmpdir(), `viblast-jest-${process.pid}.json`);
  try {
    const { code } = await runNode(
      [
        '--experimental-vm-modules',
        '--disable-warning=ExperimentalWarning',
        bin('jest', 'bin', 'jest.js'),
        '--json',
        `--outputFile=${report}`,
        `--maxWorkers=${testWorkers()}`,
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

/** Without arguments everything; with arguments they are Jest's. */
export async function runTests(args) {
  await installForTests();
  // Bounds of time are wider where all suites share the machine: test/integration/testing/within.ts.
  if (args.length === 0) process.env['ALL_SUITES_AT_ONCE'] = '1';
  return exitCodeOf(await runJest(args.length === 0 ? allBut : args));
}

function exitCodeOf({ passed, failed }) {
  process.stdout.write(`${passed} passed, ${failed} failed\n`);
  return failed === 0 && passed > 0 ? 0 : 1;
}
