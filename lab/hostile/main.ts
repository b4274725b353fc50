import { setMaxListeners } from 'node:events';
import { exitCode, messageOf, StartError } from '../../service/errors.js';
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
  const show = (line: string): void => void process.stdout.write(`${line}\n`);
  if (options.list) {
    for (const { name, what } of options.attacks) show(`${name.padEnd(24)}${what}`);
    return exitCode.ok;
  }
  const stopping = new AbortController();
  setMaxListeners(0, stopping.signal);
  const stop = (): void => stopping.abort();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stop);
  process.on('disconnect', stop);
  const startedAtMs = Date.now();
  const say = (line: string): void => {
    const elapsedS = Math.round((Date.now() - startedAtMs) / 1_000);
    process.stderr.write(`hostile: ${elapsedS} s: ${line}\n`);
  };
  try {
    return (await runHostile(options, { say, show }, stopping.signal)) ? exitCode.ok : 1;
  } catch (error) {
    if (stopping.signal.aborted) return 130;
    say(messageOf(error));
    return error instanceof StartError ? error.exitCode : exitCode.internal;
  }
}
