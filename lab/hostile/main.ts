import { exitCode } from '../../service/errors.js';
import { runProgram, show } from '../stack/index.js';
import { parseHostileOptions, type HostileOptions } from './options.js';
import { runHostile } from './run-hostile.js';

/**
 * `npm run test:hostile`: progress on stderr, results on stdout; exit code 1 when a check fails.
 */

const parsed = parseHostileOptions(
  process.argv.slice(2),
  (text) => void process.stderr.write(text),
);
process.exitCode = parsed.kind === 'exit' ? parsed.code : await run(parsed.options);
// The channel to the bootstrap would keep this process alive.
if (process.connected) process.disconnect();

async function run(options: HostileOptions): Promise<number> {
  if (options.list) {
    for (const { name, what } of options.attacks) show(`${name.padEnd(24)}${what}`);
    return exitCode.ok;
  }
  return runProgram('hostile', (output, signal) => runHostile(options, output, signal));
}
