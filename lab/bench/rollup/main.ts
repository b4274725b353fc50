import { exitCode, messageOf, StartError } from '../../../service/errors.js';
import { startStack, type Stack } from '../../stack/index.js';
import { machineLine } from '../ingest/machine.js';
import { measureBatches, type Measured } from './batches.js';
import type { DrainBenchOptions } from './drain-bench.js';
import { measureGrowth } from './growth.js';
import { measureLive } from './live.js';
import { measureMemory } from './memory.js';
import { parseCommandLine, type RollupBenchOptions } from './options.js';
import { measureCarbon } from './real-carbon.js';
import { verdictLine } from './report.js';

/**
 * `npm run bench:rollup`: fills Kafka with ten minutes of announces, drains them with real rollup
 * processes into both sinks, and compares their totals with what was made. Figures on stdout,
 * progress on stderr. Ends with 1 when anything differs.
 */

const say = (line: string): void => void process.stderr.write(`bench:rollup: ${line}\n`);
const print = (line: string): void => void process.stdout.write(`${line}\n`);
const stopping = new AbortController();
let stack: Stack | undefined;

const parsed = parseCommandLine(process.argv.slice(2));
process.exitCode = parsed.kind === 'exit' ? parsed.code : await run(parsed.options);
// The channel to the bootstrap would keep this process alive.
if (process.connected) process.disconnect();

async function run(options: RollupBenchOptions): Promise<number> {
  const stop = (): void => stopping.abort();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, stop);
  process.once('disconnect', stop);
  try {
    print(`machine   ${machineLine()}`);
    print(`command   npm run bench:rollup -- ${process.argv.slice(2).join(' ')}`);
    const measured = await measure(options);
    print('\ntargets');
    for (const verdict of measured.flatMap(({ verdicts }) => verdicts)) print(verdictLine(verdict));
    const differences = measured.reduce((sum, one) => sum + one.differences, 0);
    print(`differences ${differences}`);
    return differences === 0 ? exitCode.ok : 1;
  } catch (error) {
    say(messageOf(error));
    return error instanceof StartError ? error.exitCode : exitCode.internal;
  } finally {
    await close();
  }
}

async function measure(options: RollupBenchOptions): Promise<Measured[]> {
  // A cluster each: what one run left in the logs must not cost the next anything.
  const open = async (): Promise<DrainBenchOptions> => {
    stopping.signal.throwIfAborted();
    const interval =
      options.streams === undefined ? {} : { intervalSeconds: options.intervalSeconds };
    stack = await startStack({ progress: say, signal: stopping.signal, ...interval });
    return { stack, say, print, stopping, profileFolder: options.cpuProf };
  };
  const { streams, minutes, intervalSeconds, cells, facets } = options;
  if (streams !== undefined) {
    const benchOptions = await open();
    const live = await measureLive(
      { streams, minutes, intervalSeconds, cells, facets },
      benchOptions,
    );
    if (options.carbon) {
      await measureCarbon(benchOptions.stack, streams, intervalSeconds * 1_000, benchOptions);
    }
    return [live];
  }
  if (options.growth) return [await measureGrowth(await open())];
  const measured: Measured[] = [];
  for (const batch of options.batch) {
    measured.push(await measureBatches(batch, options, await open()));
    await close();
  }
  if (options.memory) measured.push(await measureMemory(open, close));
  return measured;
}

async function close(): Promise<void> {
  await stack?.stop();
  stack = undefined;
}
