import { runProgram, show } from '../../stack/index.js';
import { machineLine } from '../ingest/machine.js';
import { parseCommandLine, type CapacityBenchOptions } from './options.js';
import { runCapacity } from './run-capacity.js';

/**
 * `npm run bench:capacity`: as many viewers as asked for through the whole system, what each part
 * takes, and whether everything that they said stands in the sinks. Figures on stdout, progress on
 * stderr. Ends with 1 when a target is missed.
 */

async function run(options: CapacityBenchOptions): Promise<number> {
  show(`machine   ${machineLine()}`);
  show(`command   npm run bench:capacity -- ${process.argv.slice(2).join(' ')}`);
  return runProgram('bench:capacity', (output, signal) => runCapacity(options, output, signal));
}

const parsed = parseCommandLine(process.argv.slice(2));
process.exitCode = parsed.kind === 'exit' ? parsed.code : await run(parsed.options);
// The channel to the bootstrap would keep this process alive.
if (process.connected) process.disconnect();
