import { resolve } from 'node:path';
import { CommanderError } from 'commander';
import { messageOf } from '../../service/errors.js';
import { say } from '../terminal.js';
import { runCommands } from './commands.js';
import { initCode } from './exit-codes.js';

/** What bin/vbt and bin/vba run: `main.js PROGRAM ROOT arguments …`. */
const [programName = '', givenRoot = '', ...argv] = process.argv.slice(2);
let code: number = initCode.ok;

function exitCodeOf(error: unknown): number {
  if (error instanceof CommanderError) {
    // Commander has said already what is wrong; help that was asked for is none.
    return error.exitCode === 0 ? initCode.ok : initCode.usage;
  }
  say(`${programName}: ${messageOf(error)}`);
  return initCode.failed;
}

try {
  const program = runCommands(programName, resolve(givenRoot), (ended) => (code = ended));
  await program.parseAsync(argv, { from: 'user' });
} catch (error) {
  code = exitCodeOf(error);
}
process.exit(code);
