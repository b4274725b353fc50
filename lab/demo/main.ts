import { setMaxListeners } from 'node:events';
import { exitCode, messageOf, StartError } from '../../service/errors.js';
import { parseDemoOptions, type DemoOptions } from './options.js';
import { runDemo } from './run-demo.js';

/** `npm run demo`: progress on stderr, tables on stdout, and on until Ctrl-C or the last minute. */

// Whoever reads our output may go away before us.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);

const parsed = parseDemoOptions(process.argv.slice(2), (text) => void process.stderr.write(text));
process.exitCode = parsed.kind === 'exit' ? parsed.code : await run(parsed.options);
// The channel to the bootstrap would keep this process alive.
if (process.connected) process.disconnect();

async function run(options: DemoOptions): Promise<number> {
  const stopping = new AbortController();
  setMaxListeners(0, stopping.signal);
  const stop = (): void => stopping.abort();
  // A terminal's Ctrl-C comes several times: from the terminal, from npm, from the bootstrap.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stop);
  process.on('disconnect', stop);
  const say = (line: string): void => void process.stderr.write(`demo: ${line}\n`);
  const show = (text: string): void => void process.stdout.write(text);
  try {
    return await runDemo(options, { say, show }, stopping.signal);
  } catch (error) {
    say(messageOf(error));
    return error instanceof StartError ? error.exitCode : exitCode.internal;
  }
}
