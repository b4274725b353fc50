import { setMaxListeners } from 'node:events';
import { exitCode, messageOf, StartError } from '../../service/errors.js';

/** Where a program of the lab says what it does, and what came of it. */
export interface ProgramOutput {
  /** Progress, a line each, with the seconds since the start: on stderr. */
  readonly say: (line: string) => void;
  /** Results: on stdout. */
  readonly show: (text: string) => void;
}

export function show(text: string): void {
  process.stdout.write(`${text}\n`);
}

/**
 * Runs a program that starts a stack of its own, until it is told to stop, and resolves with its
 * exit code: 1 when `work` resolves with false, 130 when it was stopped.
 */
export async function runProgram(
  name: string,
  work: (output: ProgramOutput, signal: AbortSignal) => Promise<boolean>,
): Promise<number> {
  const stopping = new AbortController();
  setMaxListeners(0, stopping.signal);
  const stop = (): void => stopping.abort();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stop);
  process.on('disconnect', stop);
  const startedAtMs = Date.now();
  const say = (line: string): void => {
    const elapsedS = Math.round((Date.now() - startedAtMs) / 1_000);
    process.stderr.write(`${name}: ${elapsedS} s: ${line}\n`);
  };
  try {
    return (await work({ say, show }, stopping.signal)) ? exitCode.ok : 1;
  } catch (error) {
    if (stopping.signal.aborted) return 130;
    say(messageOf(error));
    return error instanceof StartError ? error.exitCode : exitCode.internal;
  }
}
