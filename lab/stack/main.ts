import { exitCode, messageOf, StartError } from '../../service/errors.js';
import { startStack } from './index.js';
import { parseStackCommandLine, type StackCommandLine } from './options.js';

/** `npm run stack`: progress on stderr, the addresses on stdout, and on until told to stop. */

// Whoever reads our output may go away before us.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);

const parsed = parseStackCommandLine(process.argv.slice(2));
if (parsed.kind === 'exit') {
  process.exitCode = parsed.code;
} else {
  process.exitCode = await run(parsed.options);
}
// The channel to the bootstrap would keep this process alive.
if (process.connected) process.disconnect();

async function run(options: StackCommandLine): Promise<number> {
  const stopping = new AbortController();
  const stop = (): void => stopping.abort();
  // A terminal's Ctrl-C comes several times: from the terminal, from npm, from the bootstrap.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stop);
  process.on('disconnect', stop);
  const say = (line: string): void => void process.stderr.write(`stack: ${line}\n`);
  const startedAt = Date.now();
  try {
    const services = options.services ? {} : { trackers: 0, rollups: 0, ingests: 0, portal: false };
    const stack = await startStack({
      ...options,
      ...services,
      progress: say,
      signal: stopping.signal,
    });
    if (options.services && options.viewers > 0) await stack.addViewers(options.viewers);
    say(`ready after ${((Date.now() - startedAt) / 1_000).toFixed(1)} s, data in ${stack.folder}`);
    const addresses = stack.addresses();
    const indent = options.json ? undefined : 2;
    process.stdout.write(`${JSON.stringify(addresses, undefined, indent)}\n`);
    await aborted(stopping.signal);
    say('stopping');
    await stack.stop();
    say('stopped');
    return exitCode.ok;
  } catch (error) {
    if (stopping.signal.aborted) {
      say('stopped before it was ready');
      return exitCode.ok;
    }
    say(messageOf(error));
    return error instanceof StartError ? error.exitCode : exitCode.internal;
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    // A timer, since an abort listener alone does not keep a process alive.
    const alive = setInterval(() => undefined, 60_000);
    signal.addEventListener('abort', () => {
      clearInterval(alive);
      resolve();
    });
  });
}
