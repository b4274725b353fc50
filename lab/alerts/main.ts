import {
  findCommand,
  installPackages,
  prometheusNeed,
  runProgram,
  type ProgramOutput,
} from '../stack/index.js';
import { runLive } from './live.js';
import { parseAlertsOptions, type AlertsOptions } from './options.js';
import { runPromtool } from './promtool.js';

/**
 * `npm run test:alerts`: progress on stderr, results on stdout; exit code 1 when a rule fails.
 */

const parsed = parseAlertsOptions(process.argv.slice(2), (text) => void process.stderr.write(text));
process.exitCode = parsed.kind === 'exit' ? parsed.code : await run(parsed.options);
// The channel to the bootstrap would keep this process alive.
if (process.connected) process.disconnect();

async function run({ live }: AlertsOptions): Promise<number> {
  return runProgram('alerts', async (output, signal) => {
    await installPackages([prometheusNeed], output.say);
    return live ? runLive(output, signal) : testRules(output);
  });
}

async function testRules({ show }: ProgramOutput): Promise<boolean> {
  const { code, output } = await runPromtool(findCommand('promtool') ?? 'promtool');
  show(output.trimEnd());
  return code === 0;
}
