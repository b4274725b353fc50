import { Command, CommanderError, InvalidArgumentError } from 'commander';
import { exitCode } from '../service/errors.js';
import { faults, faultsNamed, type Fault } from './catalogue.js';

export interface FaultsOptions {
  readonly list: boolean;
  readonly faults: readonly Fault[];
  readonly json: string | undefined;
  /** Compare once more when all minutes are final. */
  readonly last: boolean;
}

export type ParsedFaults =
  | { readonly kind: 'options'; readonly options: FaultsOptions }
  /** Help was asked for, or the command line is wrong; the text has been printed. */
  | { readonly kind: 'exit'; readonly code: number };

function named(text: string, before: readonly Fault[] | undefined): readonly Fault[] {
  const found = text.split(',').flatMap((name) => {
    const some = faultsNamed(name);
    if (some.length === 0) throw new InvalidArgumentError(`There is no fault ${name}: see --list.`);
    return some;
  });
  return [...new Set([...(before ?? []), ...found])];
}

/** Reads `npm run test:faults -- …`. */
export function parseFaultsOptions(
  argv: readonly string[],
  print: (text: string) => void,
): ParsedFaults {
  const command = new Command('faults')
    .description('Strikes a running system under load, one fault after the other, and compares.')
    .option('--only <names>', 'these alone, or all whose names begin so (a,b or again)', named)
    .option('--list', 'show the names and end', false)
    .option('--json <file>', 'write the results there')
    .option('--no-last', 'leave out the last comparison, when all minutes are final')
    .allowExcessArguments(false)
    .configureOutput({ writeOut: print, writeErr: print })
    .exitOverride();
  try {
    command.parse(argv, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return { kind: 'exit', code: error.exitCode === 0 ? exitCode.ok : exitCode.usage };
  }
  const { only, list, json, last } = command.opts<{
    only?: readonly Fault[];
    list: boolean;
    json?: string;
    last: boolean;
  }>();
  return { kind: 'options', options: { faults: only ?? faults, list, json, last } };
}
