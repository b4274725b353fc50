import { userInfo } from 'node:os';
import { CommanderError, type Command } from 'commander';
import { AppError, exitCode, messageOf, StartError } from '../service/errors.js';
import { say } from './with-kafka.js';

/** What the commands of a program are made with. */
export interface ProgramParts {
  /** Who the registry's audit trail says it was. */
  readonly actor: string;
  /** For commands whose answer is a code: nothing failed. */
  readonly setExitCode: (code: number) => void;
}

/** Runs a program of commands to the end of this process. */
export async function runProgram(
  name: string,
  make: (parts: ProgramParts) => Command,
): Promise<never> {
  let code: number = exitCode.ok;
  try {
    const program = make({ actor: actorName(name), setExitCode: (answer) => (code = answer) });
    for (const part of withSubcommands(program)) part.exitOverride();
    await program.parseAsync();
  } catch (error) {
    code = exitCodeOf(name, error);
  }
  // Connections of the Kafka client may linger; everything of ours is closed.
  process.exit(code);
}

function actorName(program: string): string {
  try {
    return `${program}:${userInfo().username}`;
  } catch {
    // A container's user may have no name.
    return `${program}:${process.getuid?.() ?? 'unknown'}`;
  }
}

function withSubcommands(command: Command): Command[] {
  return [command, ...command.commands.flatMap(withSubcommands)];
}

/** The exit code of whatever ended the command, after one line on stderr that says it. */
function exitCodeOf(program: string, error: unknown): number {
  // Commander has said already what is wrong with the command line.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : exitCode.usage;
  say(`${program}: ${messageOf(error)}`);
  if (error instanceof StartError) return error.exitCode;
  return error instanceof AppError && error.retryable ? exitCode.unavailable : exitCode.internal;
}
