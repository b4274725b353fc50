import { execFile } from 'node:child_process';
import { constants, setPriority } from 'node:os';
import { join } from 'node:path';
import { packageRoot } from '../../../service/package-root.js';
import type { RunResult } from '../run.js';

export interface Ended {
  readonly exitCode: number;
  readonly output: string;
}

const compiled = join(packageRoot(), 'dist', 'lab', 'simulation');

/**
 * Runs the compiled simulation, as `npm run test:simulation` does: within jest's module loader a
 * seed takes ten times as long.
 */
export function runProgram(args: readonly string[]): Promise<Ended> {
  return runNode([join(compiled, 'main.js'), ...args]);
}

/** Runs these seeds one after the other in one process; resolves with what `run` told of each. */
export async function runSeeds(seeds: readonly number[]): Promise<readonly RunResult[]> {
  const script = `
    import { run } from ${JSON.stringify(join(compiled, 'run.js'))};
    const results = [];
    for (const seed of ${JSON.stringify(seeds)}) results.push(await run({ seed }));
    console.log(JSON.stringify(results));`;
  const { exitCode, output } = await runNode(['--input-type=module', '--eval', script]);
  if (exitCode !== 0) throw new Error(output);
  return JSON.parse(output) as RunResult[];
}

/** It only computes: what waits for servers beside it goes first. */
function runNode(args: readonly string[]): Promise<Ended> {
  return new Promise((resolve) => {
    const child = execFile(process.execPath, [...args], (error, stdout, stderr) => {
      const exitCode = typeof error?.code === 'number' ? error.code : error === null ? 0 : -1;
      resolve({ exitCode, output: `${stdout}${stderr}` });
    });
    if (child.pid !== undefined) setPriority(child.pid, constants.priority.PRIORITY_BELOW_NORMAL);
  });
}
