import { exitCode } from '../../service/errors.js';
import { runProgram, show } from '../stack/index.js';
import { parseFaultsOptions, type FaultsOptions } from './options.js';
import { runFaults } from './run-faults.js';

/**
 * `npm run test:faults`: progress on stderr, results on stdout; exit code 1 when anything differs.
 */

const parsed = parseFaultsOptions(process.argv.slice(2), (text) => void process.stderr.write(text));
process.exitCode = parsed.kind === 'exit' ? parsed.code : await run(parsed.options);
// The channel to the bootstrap would keep this process alive.
if (process.connected) process.disconnect();

async function run(options: FaultsOptions): Promise<number> {
  if (options.list) {
    for (const { name, what } of options.faults) show(`${name.padEnd(28)}${what}`);
    return exitCode.ok;
  }
  return runProgram('faults', (output, signal) => runFaults(options, output, signal));
}
