import { parseArgs } from 'node:util';
import { exitCode, messageOf, StartError } from '../../service/errors.js';
import { startStack, type Stack } from '../../stack/index.js';
import { machineLine } from '../ingest/machine.js';
import { measureBatches, type RollupBenchOptions } from './measure.js';

/**
 * `npm run bench:rollup`: fills Kafka with ten minutes of announces, drains them with real rollup processes
 * into both sinks, and compares their totals with what was made. Figures on stdout, progress on stderr.
 * Ends with 1 when anything differs.
 */

const say = (line: string): void => void process.stderr.write(`bench:rollup: ${line}\n`);
const print = (line: string): void => void process.stdout.write(`${line}\n`);

process.exitCode = await run();
// The channel to the bootstrap would keep this process alive.
if (process.connected) process.disconnect();

function readOptions(): RollupBenchOptions & { readonly batches: readonly number[] } {
  const { values } = parseArgs({
    options: {
      announces: { type: 'string', default: '5000000' },
      sessions: { type: 'string', default: '100000' },
      batch: { type: 'string', multiple: true, default: ['128', '8'] },
      consumers: { type: 'string', default: '2' },
      'cpu-prof': { type: 'string' },
    },
  });
  return {
    announces: whole('announces', values.announces),
    sessions: whole('sessions', values.sessions),
    batches: values.batch.map((text) => whole('batch', text)),
    consumers: whole('consumers', values.consumers),
    profileFolder: values['cpu-prof'],
  };
}

function whole(name: string, text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value > 0) return value;
  throw new StartError('usage', `--${name} must be a whole number above 0`, exitCode.usage);
}

async function run(): Promise<number> {
  let stack: Stack | undefined;
  const stopping = new AbortController();
  const stop = (): void => stopping.abort();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, stop);
  process.once('disconnect', stop);
  try {
    const { batches, ...options } = readOptions();
    print(`machine   ${machineLine()}`);
    print(`command   npm run bench:rollup -- ${process.argv.slice(2).join(' ')}`);
    let differing = 0;
    for (const batch of batches) {
      stopping.signal.throwIfAborted();
      // A cluster each: what one run left in the logs must not cost the next anything.
      stack = await startStack({ progress: say, signal: stopping.signal });
      differing += await measureBatches(stack, batch, options, { say, print, stopping });
      await stack.stop();
    }
    return differing === 0 ? exitCode.ok : 1;
  } catch (error) {
    say(messageOf(error));
    return error instanceof StartError ? error.exitCode : exitCode.internal;
  } finally {
    await stack?.stop();
  }
}
