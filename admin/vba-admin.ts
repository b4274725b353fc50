import { userInfo } from 'node:os';
import { Command, CommanderError } from 'commander';
import { AppError, exitCode, messageOf, StartError } from '../service/errors.js';
import { recomputeCommand } from './audit/recompute-command.js';
import { verifyCommand } from './audit/verify-command.js';
import { registryCommands } from './registry-commands.js';
import { setupCommand } from './setup-command.js';
import { statusCommand } from './status-command.js';
import { streamCommands } from './stream-commands.js';
import { say } from './with-kafka.js';

/** Who the registry's audit trail says it was. */
function actorName(): string {
  try {
    return `vba-admin:${userInfo().username}`;
  } catch {
    // A container's user may have no name.
    return `vba-admin:${process.getuid?.() ?? 'unknown'}`;
  }
}

function program(): Command {
  const actor = actorName();
  const command = new Command('vba-admin')
    .description('administers a Viblast cluster')
    .addCommand(setupCommand(actor))
    .addCommand(streamCommands(actor))
    .addCommand(registryCommands())
    .addCommand(statusCommand())
    .addCommand(verifyCommand(setExitCode))
    .addCommand(recomputeCommand(setExitCode));
  for (const part of withSubcommands(command)) part.exitOverride();
  return command;
}

function withSubcommands(command: Command): Command[] {
  return [command, ...command.commands.flatMap(withSubcommands)];
}

/** The exit code of whatever ended the command, after one line on stderr that says it. */
function exitCodeOf(error: unknown): number {
  // Commander has said already what is wrong with the command line.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : exitCode.usage;
  say(`vba-admin: ${messageOf(error)}`);
  if (error instanceof StartError) return error.exitCode;
  return error instanceof AppError && error.retryable ? exitCode.unavailable : exitCode.internal;
}

let code: number = exitCode.ok;
/** For commands whose answer is a code: nothing failed. */
function setExitCode(answer: number): void {
  code = answer;
}

try {
  await program().parseAsync();
} catch (error) {
  code = exitCodeOf(error);
}
// Connections of the Kafka client may linger; everything of ours is closed.
process.exit(code);
