// What `npm test` runs: the compiler beside Jest; and what `npm run check` runs.
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bin, Failure, root, runNode, runProgram, say, stop } from './commands.mjs';

const typeChecks = [
  ['types', [bin('typescript', 'bin', 'tsc'), '--noEmit', '-p', 'tsconfig.json']],
  [
    "types of the portal's page",
    [bin('typescript', 'bin', 'tsc'), '--noEmit', '-p', join('portal-api', 'web', 'tsconfig.json')],
  ],
];
const styleChecks = [
  ['eslint', [bin('eslint', 'bin', 'eslint.js'), '.', '--max-warnings', '0']],
  ['prettier', [bin('prettier', 'bin', 'prettier.cjs'), '--check', '--log-level', 'warn', '.']],
  ['knip', [bin('knip', 'bin', 'knip.js')]],
  ['jscpd', [bin('jscpd', 'run-jscpd.js'), '.']],
];

/**
 * Two at a time, each counts as one test; they give way to the tests that run beside them.
 */
async function runChecks(checks) {
  const totals = { passed: 0, failed: 0 };
  const waiting = [...checks];
  const worker = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const [name, args] = next;
      const { code, output } = await runNode(args, { givesWay: true });
      say(`${code === 0 ? 'PASS' : 'FAIL'} ${name}`);
      if (code === 0) totals.passed += 1;
      else {
        totals.failed += 1;
        say(output.trimEnd());
      }
    }
  };
  await Promise.all([worker(), worker()]);
  return totals;
}

/** What takes minutes by itself has a command of its own. */
const allBut = ['--selectProjects', 'unit', 'integration'];
/** With STACK=containers the images are there, and are looked at too. */
if (process.env['STACK'] === 'containers') allBut.push('containers');

/** More than a small machine has cores: the integration tests mostly wait. */
const testWorkers = 7;

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
        `--maxWorkers=${testWorkers}`,
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
export async function runTests(args) {
  const parts = [
    args.length === 0 ? runChecks(typeChecks) : { passed: 0, failed: 0 },
    installForTests().then(() => runJest(args.length === 0 ? allBut : args)),
  ];
  try {
    const [checks, tests] = await Promise.all(parts);
    return exitCodeOf({
      passed: checks.passed + tests.passed,
      failed: checks.failed + tests.failed,
    });
  } catch (error) {
    stop('SIGTERM');
    throw error;
  }
}

/** How the code reads, what it doesn't use, and what stands there twice. */
export async function runStyleChecks() {
  return exitCodeOf(await runChecks(styleChecks));
}

function exitCodeOf({ passed, failed }) {
  process.stdout.write(`${passed} passed, ${failed} failed\n`);
  return failed === 0 && passed > 0 ? 0 : 1;
}
