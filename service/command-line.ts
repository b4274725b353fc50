import { CommanderError, InvalidArgumentError, type Command } from 'commander';
import { exitCode } from './errors.js';

export type ParsedCommandLine<Options> =
  | { readonly kind: 'options'; readonly options: Options }
  /** Help was asked for, or the command line is wrong; the text has been printed. */
  | { readonly kind: 'exit'; readonly code: number };

/**
 * Reads a command line that takes options alone; `check` may refuse what is wrong together, by
 * `command.error`.
 */
export function parseOptions<Options extends object>(
  command: Command,
  argv: readonly string[],
  check: (options: Options) => void = () => undefined,
): ParsedCommandLine<Options> {
  try {
    command.allowExcessArguments(false).exitOverride().parse(argv, { from: 'user' });
    const options = command.opts<Options>();
    check(options);
    return { kind: 'options', options };
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return { kind: 'exit', code: error.exitCode === 0 ? exitCode.ok : exitCode.usage };
  }
}

/** An option's argument that has to be a whole number within these bounds. */
export function wholeNumber(minimum: number, maximum: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() !== '' && Number.isInteger(value) && value >= minimum && value <= maximum) {
      return value;
    }
    throw new InvalidArgumentError(`It must be a whole number from ${minimum} to ${maximum}.`);
  };
}
