import { exitCode, StartError } from '../../service/errors.js';
import { runCommand } from '../stack/index.js';

/** Runs a command to its end and resolves with its output; rejects when it fails. */
export async function must(
  command: string,
  args: readonly string[],
  options: Parameters<typeof runCommand>[2] = {},
): Promise<string> {
  const { code, output } = await runCommand(command, args, options);
  if (code === 0) return output;
  const what = `${command} ${args.join(' ')} failed with code ${code}:\n${output}`;
  throw new StartError('command_failed', what, exitCode.unavailable);
}
