import { exitCode, StartError } from '../../../service/errors.js';
import { runCommand } from './run-command.js';

/** Runs a command to its end and resolves with its output; rejects when it fails. */
export async function must(
  command: string,
  args: readonly string[],
  options: Parameters<typeof runCommand>[2] = {},
): Promise<string> {
  const { code, output } = await runCommand(command, args, options);
  if (code === 0) return output;
  const lines = output.trimEnd().split('\n').slice(-30).join('\n');
  const what = `${command} ${args.join(' ')} failed with code ${code}:\n${lines}`;
  throw new StartError('command_failed', what, exitCode.unavailable);
}
