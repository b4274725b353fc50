import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { packageRoot } from '../../../service/package-root.js';

export interface Ended {
  readonly exitCode: number;
  readonly output: string;
}

/**
 * Runs the compiled simulation, as `npm run test:simulation` does: within jest's module loader a seed takes
 * ten times as long.
 */
export function runProgram(args: readonly string[]): Promise<Ended> {
  const main = join(packageRoot(), 'dist', 'lab', 'simulation', 'main.js');
  return new Promise((resolve) => {
    execFile(process.execPath, [main, ...args], (error, stdout, stderr) => {
      const exitCode = typeof error?.code === 'number' ? error.code : error === null ? 0 : -1;
      resolve({ exitCode, output: `${stdout}${stderr}` });
    });
  });
}
