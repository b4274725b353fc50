import { exitCode } from '../../../service/errors.js';
import { parseCommandLine, type SwarmBenchOptions } from './options.js';
import { tableOf, targetLine } from './report.js';
import { perform, runsOf, type RunResult } from './runs.js';
import { isMet, targetsOf } from './targets.js';

/**
 * `npm run bench:swarm`: simulated audiences whose viewers are introduced by the tracker's choice,
 * and by what it is compared with. Figures on stdout, progress on stderr. Ends with 1 when a target
 * was missed.
 */

const print = (line: string): void => void process.stdout.write(`${line}\n`);
const say = (line: string): void => void process.stderr.write(`bench:swarm: ${line}\n`);

const parsed = parseCommandLine(process.argv.slice(2));
process.exitCode = parsed.kind === 'exit' ? parsed.code : await run(parsed.options);
// The channel to the bootstrap would keep this process alive.
if (process.connected) process.disconnect();

async function run(options: SwarmBenchOptions): Promise<number> {
  const runs = runsOf(extentOf(options));
  const results: RunResult[] = [];
  for (const [index, one] of runs.entries()) {
    say(`${index + 1} of ${runs.length}: ${one.scenario.name}, ${one.choice}`);
    results.push(perform(one));
    // Signals are heard between two runs.
    await new Promise(setImmediate);
  }
  print(`command   npm run bench:swarm -- ${process.argv.slice(2).join(' ')}\n`);
  for (const line of tableOf(results)) print(line);
  const targets = targetsOf(results);
  print('');
  for (const target of targets) print(targetLine(target));
  return targets.every(isMet) ? exitCode.ok : 1;
}

function extentOf({ viewers, minutes, seed, quick = false }: SwarmBenchOptions) {
  const share = quick ? 0.1 : 1;
  return { viewers: Math.ceil(viewers * share), minutes: quick ? minutes / 2 : minutes, seed };
}
