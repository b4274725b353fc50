// What `npm run stack`, `npm run demo`, `npm test` and others start: makes the program runnable,
// then runs it. Node's own modules only, here and in bootstrap/: there may be no others yet.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { alone, buildPage, compile, installNpmPackages } from './bootstrap/build.mjs';
import { exits, Failure, root, runProgram, say } from './bootstrap/commands.mjs';
import { runStaticChecks, runTests } from './bootstrap/tests.mjs';

const minimumNode = [20, 19];

function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > minimumNode[0] || (major === minimumNode[0] && minor >= minimumNode[1])) return;
  const needed = minimumNode.join('.');
  throw new Failure(
    `Node.js ${needed} or newer is needed; this is ${process.version}`,
    exits.unavailable,
  );
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
  alerts: (args) => runProgram(join(root, 'dist', 'lab', 'alerts', 'main.js'), args),
  stack: (args) => runProgram(join(root, 'dist', 'lab', 'stack', 'main.js'), args),
  demo: (args) => runProgram(join(root, 'dist', 'lab', 'demo', 'main.js'), args),
  faults: (args) => runProgram(join(root, 'dist', 'lab', 'faults', 'main.js'), args),
  hostile: (args) => runProgram(join(root, 'dist', 'lab', 'hostile', 'main.js'), args),
  kubernetes: (args) => runProgram(join(root, 'dist', 'lab', 'kubernetes', 'main.js'), args),
  install: (args) => runProgram(join(root, 'dist', 'lab', 'install', 'main.js'), args),
  fuzz: (args) => runProgram(join(root, 'dist', 'lab', 'fuzz', 'main.js'), args),
  screens: (args) => runProgram(join(root, 'dist', 'lab', 'browser', 'main.js'), args),
  simulation: (args) => runProgram(join(root, 'dist', 'lab', 'simulation', 'main.js'), args),
  test: runTests,
  check: runStaticChecks,
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
    // It reads what is there.
    if (name === 'check') return;
    // For a whole test run `npm run check` checks the types of everything, tests among it.
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
